using System.ComponentModel.DataAnnotations;
using Platform.Admin;
using Platform.Functions.Organizations;
using Platform.Organizations;

namespace Platform.Functions.Admin;

/// <summary>Query of <c>GET /api/admin/users</c>.</summary>
public sealed record ChecksUserFilter
{
    /// <summary>Size of the page.</summary>
    [Clamped(1, 200, SkipsText = true)]
    public int Limit { get; init; } = 50;

    /// <summary>Users before the page.</summary>
    [Clamped(0, int.MaxValue, SkipsText = true)]
    public int Offset { get; init; }

    /// <summary>Part of the name or e-mail, any case.</summary>
    [StringLength(254)]
    public string? Search { get; init; }

    public UserFilter ToFilter() => new(Search, Limit, Offset, InNames: true);
}

/// <summary>Body of <c>POST /api/admin/users</c>.</summary>
public sealed record ChecksNewUser(
    [Required, StringLength(100, MinimumLength = 2)] string Name,
    [Required, StringLength(254), EmailForm] string Email,
    [Required] string Password,
    PlatformRole Role = PlatformRole.User);

/// <summary>Body of <c>PUT /api/admin/users/{userId}</c>; what is absent or null stays.</summary>
public sealed record ChecksUserChange
{
    [StringLength(100, MinimumLength = 2)]
    public string? Name { get; init; }

    [StringLength(254), EmailForm]
    public string? Email { get; init; }

    public PlatformRole? Role { get; init; }

    public UserChange ToChange() => new() { DisplayName = Name?.Trim(), Email = Email?.Trim(), Role = Role };
}

/// <summary>Body of <c>PATCH /api/admin/users</c>: a ban needs a reason, and lasts so many milliseconds, without a duration for ever.</summary>
public sealed record ChecksBan(
    [Required] string UserId,
    [Required, AllowedValues("ban", "unban")] string Action,
    [StringLength(UserBans.MaxReason)] string? Reason = null,
    [Range(1, 1e15)] long? Duration = null) : IValidatableObject
{
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Action == "ban" && string.IsNullOrWhiteSpace(Reason))
            yield return new ValidationResult("A reason is required to ban a user", [nameof(Reason)]);
    }
}

/// <summary>Body of <c>POST /api/admin/users/{userId}</c>. Without an organization an impersonation begins where the user's own sessions do.</summary>
public sealed record ChecksUserAction([Required, AllowedValues("impersonate", "stop-impersonation")] string Action, string? OrganizationId = null);

public sealed record ChecksBanned(bool Success, Guid UserId, string Action, string? BanReason, bool? SessionsInvalidated);

/// <summary>The token is the session's JWT from now on, for callers without cookies; the old one is worthless.</summary>
public sealed record ChecksImpersonated(string Message, ChecksParty? ImpersonatedUser, string Token);

/// <summary>A user's place in an organization, in the family's words.</summary>
public sealed record ChecksPlace(Guid OrganizationId, string OrganizationName, ChecksRole Role);

public sealed record ChecksUser(
    Guid Id, string Name, string? Email, bool EmailVerified, string? Image, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    string Role, bool Banned, string? BanReason, DateTimeOffset? BanExpires, IReadOnlyList<ChecksPlace> Organizations)
{
    public static ChecksUser From(UserRecord record, DateTimeOffset now)
    {
        var user = record.User;
        var banned = user.BannedUntil > now;
        return new(
            user.Id, user.DisplayName, user.Email, user.EmailVerified, user.AvatarUrl, user.CreatedAt, user.UpdatedAt, ChecksUserRoles.HighestOf(record),
            banned, banned ? user.BanReason : null, banned && user.BannedUntil != User.Forever ? user.BannedUntil : null,
            [.. record.Memberships.Select(member => new ChecksPlace(member.OrganizationId, member.OrganizationName, ChecksUserRoles.Of(member)))]);
    }
}

/// <summary>A membership with its role as stored, in the family's word, and as people read it.</summary>
public sealed record ChecksMembership(Guid OrganizationId, string OrganizationName, OrganizationRole Role, ChecksRole NormalizedRole, string DisplayRole, DateTimeOffset JoinedAt)
{
    public static ChecksMembership From(UserMembership member)
    {
        var role = ChecksUserRoles.Of(member);
        return new(member.OrganizationId, member.OrganizationName, member.Role, role, ChecksUserRoles.DisplayOf(role), member.JoinedAt);
    }
}

public sealed record ChecksMemberships(bool Success, IReadOnlyList<ChecksMembership> Organizations);
