using System.ComponentModel.DataAnnotations;

namespace Platform.Identity;

/// <summary>A user as the executions family shows him; the last three are for operators only.</summary>
public sealed record UserView(
    Guid UserId, string Username, string? Email, PlatformRole Role, bool IsActive, bool IsSuperuser, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    bool? BypassRateLimit, double? GlobalMultiplier, bool? HasCustomLimits)
{
    public static UserView From(User user) => new(
        user.Id, user.Username, user.Email, user.PlatformRole, user.IsActive, user.PlatformRole == PlatformRole.Admin, user.CreatedAt, user.UpdatedAt, null, null, null);
}

public sealed record RegisterUser(
    [Required, StringLength(64, MinimumLength = 3), RegularExpression("^[A-Za-z0-9_.-]+$")] string Username,
    [Required, StringLength(254), EmailForm] string Email,
    [Required] string Password);

/// <summary>The form of a password sign-in; <c>username</c> may be an e-mail.</summary>
public sealed record PasswordLogin(
    [Required, StringLength(254)] string Username,
    [Required, StringLength(1024)] string Password,
    [property: AllowedValues("password", null)] string? GrantType);

/// <summary>The session's JWT is in the cookie; <c>access_token</c> repeats it for callers without cookies, who send it as bearer.</summary>
public sealed record LoginAnswer(string Message, string Username, PlatformRole Role, string CsrfToken, string AccessToken, string TokenType);

public sealed record TokenCheck(bool Valid, string Username, PlatformRole Role, string CsrfToken);

public sealed record TextAnswer(string Message);
