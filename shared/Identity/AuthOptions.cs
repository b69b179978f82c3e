using System.ComponentModel.DataAnnotations;
using Platform.Data;
using Platform.Identity.OAuth;

namespace Platform.Identity;

/// <summary>Section <c>Auth</c>.</summary>
public sealed class AuthOptions : IValidatableObject
{
    public const string Section = "Auth";

    /// <summary>Foreign accounts that people may sign in with, separated by commas: <c>github</c>, <c>vercel</c>. Each needs a client id of its own section too.</summary>
    public string Providers { get; set; } = "github";

    /// <summary>Whether strangers may make accounts; operators always may.</summary>
    public bool SignupEnabled { get; set; } = true;

    /// <summary>E-mail domains that may sign up; empty allows all.</summary>
    public string[] AllowedEmailDomains { get; set; } = [];

    /// <summary>Nobody signs in before his address is verified; needs a mail server and <c>Platform:PublicUrl</c>.</summary>
    public bool RequireEmailVerification { get; set; }

    /// <summary>The absolute end of a session after sign-in.</summary>
    [Range(1, 365)]
    public int SessionAbsoluteDays { get; set; } = 7;

    /// <summary>How long an operator may act as somebody else.</summary>
    [Range(1, 60)]
    public int ImpersonationMinutes { get; set; } = 60;

    /// <summary>Keys of session JWTs as <c>kid:base64</c> (at least 32 bytes), the signing one first; generated and kept in the database when absent.</summary>
    public string[] SigningKeys { get; set; } = [];

    public string[] ProviderWords() => Providers.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Whether an address, or nobody's, may sign up.</summary>
    public bool AllowsDomainOf(string? email) =>
        AllowedEmailDomains.Length == 0 || (email is not null && AllowedEmailDomains.Contains(email[(email.LastIndexOf('@') + 1)..].Trim(), StringComparer.OrdinalIgnoreCase));

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var word in ProviderWords().Where(word => !EnumWords<IdentityProvider>.TryParse(word, out _)))
            yield return new ValidationResult($"Auth:Providers: '{word}' is none of {string.Join(", ", EnumWords<IdentityProvider>.All)}", [nameof(Providers)]);
    }
}
