namespace Platform.Mail;

public interface IMailer
{
    /// <summary>Whether a mail server is configured.</summary>
    bool IsEnabled { get; }

    /// <summary>Hands the mail to the server, within the time limit of the settings. Throws only when cancelled.</summary>
    Task<MailOutcome> SendAsync(MailMessage mail, CancellationToken ct);
}
