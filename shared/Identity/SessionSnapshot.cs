using System.Security.Cryptography;
using System.Text;
using Platform.Organizations;
using Platform.RateLimits;

namespace Platform.Identity;

/// <summary>What identification needs to know of a session, its user and his rights; immutable, cached, at most two seconds old.</summary>
public sealed class SessionSnapshot
{
    private readonly byte[] _csrfHash;

    internal SessionSnapshot(SessionFacts facts, IReadOnlyList<RoleGrant> grants)
    {
        Facts = facts;
        Access = new OrganizationAccess(facts.OrganizationId, facts.UserId, facts.Role, facts.ProjectBound ?? false, grants) { Suspended = facts.Status == OrganizationStatus.Suspended };
        _csrfHash = Encoding.ASCII.GetBytes(facts.CsrfHash);
        ByCookie = Create(CredentialKind.Cookie);
        ByBearer = Create(CredentialKind.Bearer);
        Limits = new UserRateLimits(facts.Bypass ?? false, facts.Multiplier ?? 1, facts.Rules);
    }

    public Caller ByCookie { get; }

    public Caller ByBearer { get; }

    /// <summary>What the user may do in the active organization.</summary>
    public OrganizationAccess Access { get; }

    public UserRateLimits Limits { get; }

    public bool Persistent => Facts.Persistent;

    public DateTimeOffset ExpiresAt => Facts.ExpiresAt;

    internal SessionFacts Facts { get; }

    /// <summary>An operator acts with the session as somebody else, and the time for it is over: good for nothing but its end.</summary>
    public bool IsImpersonationOver(DateTimeOffset now) => Facts.ImpersonationEndsAt <= now;

    public bool Accepts(SessionClaims claims, DateTimeOffset now) =>
        Facts.RevokedAt is null && Facts.Ver == claims.Ver && Facts.UserId == claims.UserId && now < Facts.ExpiresAt
        && Facts.IsActive && !(Facts.BannedUntil > now);

    /// <summary>Whether it is still the session that <paramref name="earlier"/> was: neither ended nor renewed with other rights.</summary>
    public bool Continues(SessionSnapshot earlier, DateTimeOffset now) =>
        Facts.RevokedAt is null && Facts.Ver == earlier.Facts.Ver && now < Facts.ExpiresAt && Facts.IsActive && !(Facts.BannedUntil > now) && !IsImpersonationOver(now);

    /// <summary>Whether the CSRF token is this session's, in constant time.</summary>
    public bool OwnsCsrfToken(string token) => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Session.HashCsrf(token)), _csrfHash);

    private Caller Create(CredentialKind credential) => new Caller
    {
        Kind = CallerKind.User,
        UserId = Facts.UserId,
        Username = Facts.Username,
        ImpersonatorId = Facts.ImpersonatorId,
        SessionId = Facts.SessionId,
        Credential = credential,
        IsOperator = Facts.PlatformRole == PlatformRole.Admin,
        Scopes = Facts.ImpersonatorId is null ? null : Impersonation.Permissions,
    }.At(Access, Facts.ProjectId);
}

/// <summary>One row of the query behind a snapshot.</summary>
internal sealed record SessionFacts
{
    public required Guid SessionId { get; init; }

    public required int Ver { get; init; }

    public required string CsrfHash { get; init; }

    public required bool Persistent { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required DateTimeOffset? RevokedAt { get; init; }

    public required Guid UserId { get; init; }

    public required string Username { get; init; }

    public required PlatformRole PlatformRole { get; init; }

    public required bool IsActive { get; init; }

    public required DateTimeOffset? BannedUntil { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid ProjectId { get; init; }

    /// <summary>Null when the user is no longer a member of the active organization.</summary>
    public required OrganizationRole? Role { get; init; }

    public required bool? ProjectBound { get; init; }

    public required OrganizationStatus? Status { get; init; }

    public required Guid? ImpersonatorId { get; init; }

    public required DateTimeOffset? ImpersonationEndsAt { get; init; }

    public required bool? Bypass { get; init; }

    public required double? Multiplier { get; init; }

    public required IReadOnlyDictionary<string, int>? Rules { get; init; }
}
