using System.ComponentModel.DataAnnotations;
using Platform.Organizations;

namespace Platform.Functions.Identity;

/// <summary><c>email</c> may be a username; <c>totp_code</c> is for accounts with a second factor.</summary>
public sealed record InferenceLogin(
    [Required, StringLength(254)] string Email,
    [Required, StringLength(1024)] string Password,
    [StringLength(64)] string? TotpCode);

public sealed record InferenceSession(
    Guid UserId, string? Email, PlatformRole Role, string? FirstName, string? LastName, string AccessToken, string TokenType, long ExpiresIn, string CsrfToken)
{
    public static InferenceSession From(SignedIn opened) => new(
        opened.User.Id, opened.User.Email, opened.User.PlatformRole, opened.User.FirstName, opened.User.LastName, opened.AccessToken, "Bearer", (long)opened.Life.TotalSeconds, opened.CsrfToken);
}

public sealed record InferenceProfile(
    Guid UserId, string Username, string? Email, PlatformRole Role, string? FirstName, string? LastName,
    Guid CurrentOrganizationId, string CurrentOrganizationName, string CurrentOrganizationSlug, OrganizationRole? CurrentOrganizationRole, Guid? ImpersonatedBy)
{
    public static InferenceProfile From(Profile profile, Caller caller) => new(
        profile.User.Id, profile.User.Username, profile.User.Email, profile.User.PlatformRole, profile.User.FirstName, profile.User.LastName,
        profile.Organization.Id, profile.Organization.Name, profile.Organization.Slug, caller.Access?.Role, caller.ImpersonatorId);
}

/// <summary>Members that are absent stay; first and last name are cleared by null or blank.</summary>
public sealed record InferenceProfileUpdate
{
    [StringLength(64, MinimumLength = 3), RegularExpression("^[A-Za-z0-9][A-Za-z0-9._@+-]*$")]
    public string? Username { get; init; }

    [StringLength(254), EmailForm]
    public string? Email { get; init; }

    [StringLength(100)]
    public string? FirstName
    {
        get;
        init => (field, GivesFirstName) = (value, true);
    }

    [StringLength(100)]
    public string? LastName
    {
        get;
        init => (field, GivesLastName) = (value, true);
    }

    internal bool GivesFirstName { get; private init; }

    internal bool GivesLastName { get; private init; }

    public ProfileChange ToChange() => new()
    {
        Username = Username?.ToLowerInvariant(),
        Email = Email?.Trim().ToLowerInvariant(),
        FirstName = GivesFirstName ? new Given<string?>(FirstName) : null,
        LastName = GivesLastName ? new Given<string?>(LastName) : null,
    };
}

public sealed record InferencePasswordChange([Required, StringLength(1024)] string CurrentPassword, [Required, StringLength(1024)] string NewPassword);

public sealed record InferenceStatus(string Status);

/// <summary>The credentials that replace those that the call was made with.</summary>
public sealed record InferencePasswordChanged(string Status, string AccessToken, string CsrfToken);
