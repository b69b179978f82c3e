using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Mail;

namespace Platform.Identity;

/// <summary>Strangers ask for mails: to verify an address, to set a password.</summary>
public sealed class MailRequests(PlatformDbContext db, AccountMailbox mailbox, MailboxLimit limit, SiteLinks links, IMailer mailer)
{
    /// <summary>Starts the mail if somebody has the address. Answers alike, and does as much, when nobody has.</summary>
    /// <param name="target">Where the link leads on to: a path, or an address of this site.</param>
    public async Task<Error?> AddAsync(EmailTokenPurpose purpose, string email, string? target, CancellationToken ct)
    {
        if (!mailer.IsEnabled || !links.AreKnown)
            return IdentityErrors.MailUnavailable;
        if (target is not null && !links.IsOwn(target))
            return IdentityErrors.ForeignTarget;
        if (await limit.CountAsync(purpose, email, ct) is { } refusal)
            return refusal;
        var key = User.Key(email);
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(found => found.EmailKey == key, ct);
        mailbox.Post(user?.Id, purpose, target);
        await db.SaveChangesAsync(ct);
        return null;
    }
}
