using System.ComponentModel.DataAnnotations;

namespace Platform.Identity.OAuth;

/// <summary>Section <c>Vercel</c>.</summary>
public sealed class VercelOptions : IValidatableObject
{
    public const string Section = "Vercel";

    public string? ClientId { get; set; }

    public string? ClientSecret { get; set; }

    public string AuthorizeUrl { get; set; } = "https://vercel.com/oauth/authorize";

    public string TokenUrl { get; set; } = "https://vercel.com/api/login/oauth/token";

    public string UserUrl { get; set; } = "https://api.vercel.com/v2/user";

    /// <summary>Asked when <see cref="UserUrl"/> does not answer.</summary>
    public string WebUserUrl { get; set; } = "https://vercel.com/api/www/user";

    public string RevokeUrl { get; set; } = "https://vercel.com/api/login/oauth/token/revoke";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Array.TrueForAll([AuthorizeUrl, TokenUrl, UserUrl, WebUserUrl, RevokeUrl], WebAddress.IsValid))
            yield return new ValidationResult("Vercel: every URL must be an absolute http(s) URL");
        if (string.IsNullOrEmpty(ClientId) != string.IsNullOrEmpty(ClientSecret))
            yield return new ValidationResult("Vercel needs both ClientId and ClientSecret, or neither");
    }
}
