using System.ComponentModel.DataAnnotations;

namespace Platform.Functions.Identity;

/// <summary>A user as the checks family shows him.</summary>
public sealed record ChecksUser(Guid Id, string Name, string? Email, string? Image, bool EmailVerified, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static ChecksUser From(User user) => new(user.Id, user.DisplayName, user.Email, user.AvatarUrl, user.EmailVerified, user.CreatedAt, user.UpdatedAt);
}

public sealed record EmailSignUpRequest(
    [Required, StringLength(100, MinimumLength = 2), PersonName] string Name,
    [Required, StringLength(254), EmailForm] string Email,
    [Required, StringLength(1024)] string Password,
    [StringLength(256)] string? InviteToken);

/// <summary><c>code</c> is for accounts with a second factor; without <c>rememberMe</c> the cookies end with the browser.</summary>
public sealed record EmailSignInRequest(
    [Required, StringLength(254)] string Email,
    [Required, StringLength(1024)] string Password,
    bool? RememberMe,
    [StringLength(64)] string? Code);

public sealed record PasswordResetMailRequest([Required, StringLength(254), EmailForm] string Email, string? RedirectTo);

public sealed record VerificationMailRequest([Required, StringLength(254), EmailForm] string Email, string? CallbackURL);

public sealed record PasswordResetRequest([Required, StringLength(1024)] string NewPassword, [Required, StringLength(256)] string Token);

/// <summary>The other sessions end unless <c>revokeOtherSessions</c> is false.</summary>
public sealed record PasswordChangeRequest([Required, StringLength(1024)] string CurrentPassword, [Required, StringLength(1024)] string NewPassword, bool? RevokeOtherSessions);

public sealed record SessionRevocation([Required] Guid Id);

public sealed record VerificationLink
{
    /// <summary>From the mail.</summary>
    [Required, StringLength(256)]
    public string? Token { get; init; }

    /// <summary>Where to go on to: a path, or an address of this site.</summary>
    public string? CallbackURL { get; init; }
}

public sealed record RedirectErrorQuery
{
    /// <summary>The provider's word.</summary>
    public string? Error { get; init; }

    /// <summary>The provider's text.</summary>
    public string? Message { get; init; }
}

/// <summary>Members that are absent stay; <c>image</c> null or blank is taken away.</summary>
public sealed record UserUpdate
{
    [StringLength(100, MinimumLength = 2), PersonName]
    public string? Name { get; init; }

    [StringLength(2048), WebAddress]
    public string? Image
    {
        get;
        init => (field, GivesImage) = (value, true);
    }

    internal bool GivesImage { get; private init; }
}

/// <summary><c>token</c> is null while the address has to be verified first.</summary>
public sealed record SignedUp(string? Token, ChecksUser User);

public sealed record SignedInAnswer(bool Redirect, string Token, ChecksUser User);

public sealed record AuthService(string Status, IReadOnlyList<string> Providers, bool SignupEnabled);

public sealed record RedirectError(string Error, string Message);

public sealed record OkAnswer(bool Ok);

public sealed record StatusAnswer(bool Status);

public sealed record UserStatusAnswer(bool Status, ChecksUser User);

/// <summary><c>token</c> replaces the one that the call was made with.</summary>
public sealed record PasswordChanged(bool Status, string Token);

public sealed record SessionAnswer(SessionView Session, ChecksUser User);

public sealed record BriefUser(Guid Id, string? Email, string Name, string? Image);

public sealed record BriefUserAnswer(BriefUser User);

public sealed record PlaceName(Guid Id, string Name, string Slug);

public sealed record MadePlaceNames(PlaceName Organization, PlaceName Project);

public sealed record DefaultsAnswer(bool Success, string Message)
{
    /// <summary>What was made; absent when nothing was.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public MadePlaceNames? Data { get; init; }
}
