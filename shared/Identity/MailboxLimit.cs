using Platform.RateLimits;

namespace Platform.Identity;

/// <summary>How many mails strangers may have sent to one address; beside it each operation counts by the client's address.</summary>
public sealed class MailboxLimit(RateLimiter limiter, TimeProvider clock)
{
    public async Task<Error?> CountAsync(EmailTokenPurpose purpose, string email, CancellationToken ct)
    {
        var rate = purpose == EmailTokenPurpose.Verify ? Rate.VerificationMail : Rate.Mail;
        var key = new RateKey(Guid.Empty, EmailToken.HashOf(User.Key(email)), rate, "mailbox");
        if (await limiter.TakeAsync(key, UserRateLimits.Standard, ct) is not { Allowed: false } full)
            return null;
        return full.IsFault
            ? IdentityErrors.MailUnavailable
            : IdentityErrors.TooManyMails(TimeSpan.FromMilliseconds(Math.Max(1, full.FreeAt - clock.GetUtcNow().ToUnixTimeMilliseconds())));
    }
}
