using Platform.Identity;
using Platform.Organizations;
using Platform.RateLimits;

namespace Platform.Admin;

/// <summary>A user as operators see him.</summary>
public sealed record UserRecord(User User, UserLimits? Limits, IReadOnlyList<UserMembership> Memberships);

/// <summary>A user's place in an organization. <paramref name="Grant"/> is the strongest of his grants on its projects.</summary>
public sealed record UserMembership(
    Guid UserId, Guid OrganizationId, string OrganizationName, string OrganizationSlug, OrganizationRole Role, DateTimeOffset JoinedAt, ProjectRole? Grant = null);
