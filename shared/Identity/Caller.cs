using Platform.Organizations;

namespace Platform.Identity;

/// <summary>Who acts: nobody, a user, the platform on behalf of one organization, or the platform itself.</summary>
public enum CallerKind
{
    Anonymous,
    User,
    System,
    Platform,
}

/// <summary>How a user proved who he is.</summary>
public enum CredentialKind
{
    None,
    Cookie,
    Bearer,
    AccessToken,
}

/// <summary>
/// Who makes this request or runs this piece of background work. Immutable; queries are filtered by it (see <c>PlatformDbContext</c>):
/// anonymous sees no tenant row, a user his own, <see cref="System"/> those of one organization, <see cref="Platform"/> all (audited uses only).
/// </summary>
public sealed record Caller
{
    public static readonly Caller Anonymous = new() { Kind = CallerKind.Anonymous };

    /// <summary>The platform itself, across organizations: sweeps, relays, consumers.</summary>
    public static readonly Caller Platform = new() { Kind = CallerKind.Platform };

    public required CallerKind Kind { get; init; }

    public Guid? UserId { get; init; }

    public string? Username { get; init; }

    public Guid? OrganizationId { get; init; }

    public Guid? ProjectId { get; init; }

    public Guid? SessionId { get; init; }

    public CredentialKind Credential { get; init; }

    /// <summary>The operator who acts as <see cref="UserId"/>; null when the user acts himself.</summary>
    public Guid? ImpersonatorId { get; init; }

    /// <summary>Platform role <c>admin</c> in an interactive session; a token of an operator is not an operator.</summary>
    public bool IsOperator { get; init; }

    /// <summary>The access token of the request; null for all other credentials.</summary>
    public Guid? TokenId { get; init; }

    public TokenKind? TokenKind { get; init; }

    /// <summary>The projects that an access token is bound to; null when it sees all that its user may see.</summary>
    public IReadOnlyList<Guid>? TokenProjects { get; init; }

    /// <summary>What he may do in the active organization and project, with this credential.</summary>
    public PermissionSet Permissions { get; init; } = PermissionSet.None;

    /// <summary>What the user may do in the active organization and each of its projects, before an access token's scopes; null for all but users.</summary>
    public OrganizationAccess? Access { get; init; }

    /// <summary>The scopes of an access token; null for credentials without scopes.</summary>
    public PermissionSet? Scopes { get; init; }

    /// <summary>The names and wildcards that an access token's scopes are written in: who may grant a wildcard depends on it; null for credentials without scopes.</summary>
    public IReadOnlyList<string>? ScopePatterns { get; init; }

    public bool IsAuthenticated => Kind == CallerKind.User;

    public bool Can(string permission) => Kind is CallerKind.System or CallerKind.Platform || Permissions.Contains(permission);

    /// <summary>As <see cref="Can"/>, on another project of the active organization, or (null) on the organization as a whole.</summary>
    public bool CanIn(Guid? projectId, string permission) => Kind is CallerKind.System or CallerKind.Platform
        || (Access is { } access && Reaches(projectId) && access.In(projectId).Contains(permission) && Scopes?.Contains(permission) != false);

    /// <summary>Whether the credential is good on a project, or (null) on the organization as a whole, which no token that is bound to projects is.</summary>
    public bool Reaches(Guid? projectId) => TokenProjects is null || (projectId is { } project && TokenProjects.Contains(project));

    /// <summary>The same user with the same credential on another place of his: the organization of <paramref name="access"/>, or one of its projects.</summary>
    public Caller At(OrganizationAccess access, Guid? projectId)
    {
        var permissions = access.In(projectId);
        if (Scopes is { } scopes)
            permissions = permissions.Intersect(scopes);
        return this with
        {
            OrganizationId = access.OrganizationId,
            ProjectId = projectId,
            Access = access,
            Permissions = IsOperator ? permissions.Union(BuiltInRoles.Operator) : permissions,
        };
    }

    /// <summary>The platform on behalf of one organization: activities, timers and consumers that work on one tenant's rows.</summary>
    public static Caller System(Guid organizationId) => new() { Kind = CallerKind.System, OrganizationId = organizationId };
}
