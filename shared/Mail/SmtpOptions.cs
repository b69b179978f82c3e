using System.ComponentModel.DataAnnotations;
using System.Net.Mail;

namespace Platform.Mail;

/// <summary>Section <c>Smtp</c>: the server that takes the platform's mails.</summary>
public sealed class SmtpOptions : IValidatableObject
{
    public const string Section = "Smtp";

    /// <summary>No host: no mail is sent.</summary>
    public string? Host { get; set; }

    [Range(1, 65535)]
    public int Port { get; set; } = 587;

    public string? User { get; set; }

    public string? Password { get; set; }

    /// <summary>Sender, e.g. <c>Platform &lt;platform@example.com&gt;</c>.</summary>
    public string? From { get; set; }

    /// <summary>STARTTLS with a valid certificate is demanded; without it no mail leaves.</summary>
    public bool Tls { get; set; } = true;

    [Range(1, 120)]
    public int TimeoutSeconds { get; set; } = 20;

    public bool IsEnabled => !string.IsNullOrWhiteSpace(Host);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (IsEnabled && !MailAddress.TryCreate(From, out _))
            yield return new ValidationResult("Smtp:From must be an e-mail address when Smtp:Host is set", [nameof(From)]);
        if (User is null != Password is null)
            yield return new ValidationResult("Smtp:User and Smtp:Password go together", [nameof(User)]);
    }
}
