using System.Net;
using System.Net.Mail;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SmtpMessage = System.Net.Mail.MailMessage;

namespace Platform.Mail;

/// <summary>Sends over SMTP, each mail on a connection of its own. What it logs names neither recipient nor content.</summary>
internal sealed class SmtpMailer(IOptions<SmtpOptions> options, TimeProvider clock, ILogger<SmtpMailer> log) : IMailer
{
    private readonly SmtpOptions _smtp = options.Value;

    public bool IsEnabled => _smtp.IsEnabled;

    public async Task<MailOutcome> SendAsync(MailMessage mail, CancellationToken ct)
    {
        if (!IsEnabled)
            return MailOutcome.Disabled;
        if (RecipientOf(mail) is not { } recipient)
        {
            log.LogWarning("A mail without a valid recipient or subject was not sent");
            return MailOutcome.Failed;
        }
        try
        {
            using var message = Compose(mail, recipient);
            await DeliverAsync(message, ct);
            return MailOutcome.Sent;
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            // The texts of these exceptions repeat what the server said, addresses included.
            log.LogWarning("A mail was not delivered: {Fault} {Status}", fault.GetType().Name, (fault as SmtpException)?.StatusCode);
            return MailOutcome.Failed;
        }
    }

    private async Task DeliverAsync(SmtpMessage message, CancellationToken ct)
    {
        using var client = new SmtpClient(_smtp.Host, _smtp.Port) { EnableSsl = _smtp.Tls };
        if (_smtp.User is not null)
            client.Credentials = new NetworkCredential(_smtp.User, _smtp.Password);
        // Left behind at the limit rather than cancelled and waited for: a server that says nothing may keep the client's own cancellation waiting.
        await client.SendMailAsync(message, ct).WaitAsync(TimeSpan.FromSeconds(_smtp.TimeoutSeconds), clock, ct);
    }

    private SmtpMessage Compose(MailMessage mail, MailAddress recipient)
    {
        var sender = new MailAddress(_smtp.From!);
        return new SmtpMessage(sender, recipient)
        {
            Subject = mail.Subject,
            SubjectEncoding = Encoding.UTF8,
            Body = mail.Text,
            BodyEncoding = Encoding.UTF8,
            Headers =
            {
                ["Message-ID"] = $"<{Guid.CreateVersion7(clock.GetUtcNow()):N}@{sender.Host}>",
                ["Auto-Submitted"] = "auto-generated",
            },
        };
    }

    // A line break in either would begin a header of the sender's choice; a list or a display name would add recipients.
    private static MailAddress? RecipientOf(MailMessage mail) =>
        mail.Subject.Length > 0 && !mail.Subject.Any(char.IsControl) && !mail.To.Any(char.IsControl)
        && MailAddress.TryCreate(mail.To, out var address) && address.Address == mail.To
            ? address
            : null;
}
