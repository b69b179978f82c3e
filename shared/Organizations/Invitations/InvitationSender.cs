using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Mail;

namespace Platform.Organizations;

/// <summary>Sends the mail of a stored invitation and notes what became of it. A mail that fails fails nothing else: the sender sees the link.</summary>
public sealed class InvitationSender(PlatformDbContext db, IMailer mailer, WriteGate writes, IOptions<PlatformOptions> platform, TimeProvider clock)
{
    public DateTimeOffset Now => clock.GetUtcNow();

    public async Task<SentInvitation> SendAsync(Invitation invitation, string token, CancellationToken ct)
    {
        var link = $"{platform.Value.PublicUrl?.TrimEnd('/')}/invite/{token}";
        var status = await mailer.SendAsync(await ComposeAsync(invitation, link, ct), ct) switch
        {
            MailOutcome.Sent => InvitationEmailStatus.Sent,
            MailOutcome.Disabled => InvitationEmailStatus.Disabled,
            _ => InvitationEmailStatus.Failed,
        };
        using (await writes.EnterAsync(ct))
        {
            await db.Invitations.Where(row => row.Id == invitation.Id && row.TokenHash == invitation.TokenHash)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.EmailStatus, status), ct);
        }
        invitation.EmailStatus = status;
        return new SentInvitation(invitation, link);
    }

    private async Task<MailMessage> ComposeAsync(Invitation invitation, string link, CancellationToken ct)
    {
        var organization = await db.Organizations.Where(row => row.Id == invitation.OrganizationId).Select(row => row.Name).SingleAsync(ct);
        var inviter = await db.Users.Where(user => user.Id == invitation.InviterId).Select(user => user.DisplayName).SingleOrDefaultAsync(ct);
        var text = $"""
            {OneLine(inviter ?? "Somebody")} invites you to join {OneLine(organization)}.

            {(invitation.Message is null ? "" : invitation.Message + "\n\n")}{link}

            The link works once, until {invitation.ExpiresAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC, for {invitation.Email}. If you do not know the sender, ignore this mail.
            """;
        return new MailMessage(invitation.Email, $"Invitation to {OneLine(organization)}", text);
    }

    // Names are the users' words; a line break would begin a header of their choice.
    private static string OneLine(string text) => new([.. text.Select(letter => char.IsControl(letter) ? ' ' : letter)]);
}
