using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Mail;

namespace Platform.Identity;

/// <summary>Makes the link of an account mail and sends it.</summary>
public sealed class AccountMailSender(PlatformDbContext db, SiteLinks links, IMailer mailer, TimeProvider clock)
{
    /// <summary>Nothing is sent to a user who is gone, has no address, or has verified it. Throws when the mail could not be delivered.</summary>
    public async Task SendAsync(AccountMail.Input mail, CancellationToken ct)
    {
        if (await db.Users.AsNoTracking().SingleOrDefaultAsync(found => found.Id == mail.UserId, ct) is not { Email: { } email } user)
            return;
        if (mail.Purpose == EmailTokenPurpose.Verify && user.EmailVerified)
            return;
        var (token, plain) = EmailToken.Issue(user, mail.Purpose, clock.GetUtcNow());
        db.Add(token);
        await db.SaveChangesAsync(ct);
        var (subject, text) = mail.Purpose == EmailTokenPurpose.Verify ? Verification(user, plain, mail.Target) : Reset(user, plain, mail.Target);
        if (await mailer.SendAsync(new MailMessage(email, subject, text), ct) == MailOutcome.Failed)
            throw new InvalidOperationException("The mail was not delivered");
    }

    private (string Subject, string Text) Verification(User user, string token, string? target) => (
        "Verify your e-mail address",
        $"""
        Somebody, most likely you, uses this address for the account {user.Username}. This link shows that it is yours:

        {links.ToVerify(token, target)}

        It works once, within 24 hours. If you do not know the account, ignore this mail.
        """);

    private (string Subject, string Text) Reset(User user, string token, string? target) => (
        "Set a new password",
        $"""
        Somebody, most likely you, asked to set a new password for the account {user.Username}. This link does it:

        {links.ToReset(token, target)}

        It works once, within one hour. If you did not ask, ignore this mail; your password stays as it is.
        """);
}
