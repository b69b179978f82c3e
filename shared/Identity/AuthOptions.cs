using System.ComponentModel.DataAnnotations;

namespace Platform.Identity;

/// <summary>Section <c>Auth</c>.</summary>
public sealed class AuthOptions
{
    public const string Section = "Auth";

    /// <summary>Whether strangers may make accounts; operators always may.</summary>
    public bool SignupEnabled { get; set; } = true;

    /// <summary>E-mail domains that may sign up; empty allows all.</summary>
    public string[] AllowedEmailDomains { get; set; } = [];

    /// <summary>The absolute end of a session after sign-in.</summary>
    [Range(1, 365)]
    public int SessionAbsoluteDays { get; set; } = 7;

    /// <summary>Keys of session JWTs as <c>kid:base64</c> (at least 32 bytes), the signing one first; generated and kept in the database when absent.</summary>
    public string[] SigningKeys { get; set; } = [];
}
