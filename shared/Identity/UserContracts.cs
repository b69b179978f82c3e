using System.ComponentModel.DataAnnotations;
using Platform.RateLimits;

namespace Platform.Identity;

/// <summary>A user as the executions family shows him; limits are for operators only.</summary>
/// <param name="ImpersonatedBy">The operator who acts as the user in this session.</param>
public sealed record UserView(
    Guid UserId, string Username, string? Email, PlatformRole Role, bool IsActive, bool IsSuperuser, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    bool? BypassRateLimit, double? GlobalMultiplier, bool? HasCustomLimits, Guid? ImpersonatedBy = null)
{
    public static UserView From(User user) => new(
        user.Id, user.Username, user.Email, user.PlatformRole, user.IsActive, user.PlatformRole == PlatformRole.Admin, user.CreatedAt, user.UpdatedAt, null, null, null);

    /// <summary>As operators see him.</summary>
    public static UserView From(User user, UserLimits? limits) =>
        From(user) with { BypassRateLimit = limits?.Bypass ?? false, GlobalMultiplier = limits?.Multiplier ?? 1, HasCustomLimits = limits?.IsCustom ?? false };
}

public sealed record RegisterUser(
    [Required, StringLength(64, MinimumLength = 3), RegularExpression("^[A-Za-z0-9_.-]+$")] string Username,
    [Required, StringLength(254), EmailForm] string Email,
    [Required] string Password);

/// <summary>The form of a password sign-in; <c>username</c> may be an e-mail, <c>totp_code</c> is for accounts with a second factor.</summary>
public sealed record PasswordLogin(
    [Required, StringLength(254)] string Username,
    [Required, StringLength(1024)] string Password,
    [property: AllowedValues("password", null)] string? GrantType,
    [StringLength(64)] string? TotpCode);

/// <summary>The session's JWT is in the cookie; <c>access_token</c> repeats it for callers without cookies, who send it as bearer.</summary>
public sealed record LoginAnswer(string Message, string Username, PlatformRole Role, string CsrfToken, string AccessToken, string TokenType);

public sealed record TokenCheck(bool Valid, string Username, PlatformRole Role, string CsrfToken, Guid? ImpersonatedBy);

public sealed record TextAnswer(string Message);
