using Platform.Data;

namespace Platform.Identity;

public enum TokenKind
{
    /// <summary>Acts as its user, within its scopes.</summary>
    User,

    /// <summary>An API key of the inference family: the gateway and the workbench only.</summary>
    Inference,

    /// <summary>The key of one job: starts it and reads its runs.</summary>
    Job,
}

public enum TokenStatus
{
    Active,

    /// <summary>Active, and the secret before the last rotation still works.</summary>
    Rotating,
    Expired,
    Revoked,
}

/// <summary>A credential for programs. Bound to its user, one organization and, if it says so, to some of its projects; only hashes of its secret are kept.</summary>
public sealed class AccessToken : IOrganizationOwned
{
    /// <summary>Days before the end at which its user is told; the longest first.</summary>
    public static readonly IReadOnlyList<int> WarningDays = [7, 1];

    private readonly List<AccessTokenProject> _projects = [];

    private AccessToken()
    {
    }

    public Guid Id { get; private init; }

    public TokenKind Kind { get; private init; }

    /// <summary>SHA-256, hex.</summary>
    public string Hash { get; private set; } = "";

    /// <summary>Of the secret before the last rotation, which works until <see cref="PreviousValidUntil"/>.</summary>
    public string? PreviousHash { get; private set; }

    public DateTimeOffset? PreviousValidUntil { get; private set; }

    /// <summary>The first <see cref="TokenSecret.ShownLength"/> characters of the secret.</summary>
    public string Prefix { get; private set; } = "";

    public string Name { get; private set; } = "";

    /// <summary>The name in lower case while it is taken: unique among a user's live tokens of kind user and among a job's keys.</summary>
    public string? NameKey { get; private set; }

    public Guid UserId { get; private init; }

    public Guid OrganizationId { get; private init; }

    /// <summary>Whether it sees the projects of <see cref="Projects"/> only.</summary>
    public bool ProjectBound { get; private init; }

    public IReadOnlyList<AccessTokenProject> Projects => _projects;

    public Guid? JobId { get; private init; }

    /// <summary>Names, wildcards and bundles (<see cref="TokenScopes"/>), as they were written.</summary>
    public IReadOnlyList<string> Scopes { get; private set; } = [];

    /// <summary>Networks from which it may be used; empty allows all.</summary>
    public IReadOnlyList<string> IpAllowList { get; private init; } = [];

    /// <summary>A job key's own limit: so many requests in <see cref="RateWindow"/> seconds.</summary>
    public int? RateMax { get; set; }

    public int? RateWindow { get; set; }

    public bool Enabled { get; set; }

    /// <summary>The token with which this one was made.</summary>
    public Guid? ParentId { get; private init; }

    public DateTimeOffset CreatedAt { get; private init; }

    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>Null: it does not expire.</summary>
    public DateTimeOffset? ExpiresAt { get; private set; }

    public DateTimeOffset? RotatedAt { get; private set; }

    public DateTimeOffset? RevokedAt { get; private set; }

    /// <summary>Written at most once a minute, like the three after it.</summary>
    public DateTimeOffset? LastUsedAt { get; private init; }

    public string? LastUsedIp { get; private init; }

    public string? LastUsedAgent { get; private init; }

    public long RequestCount { get; private init; }

    /// <summary>The last of <see cref="WarningDays"/> of which the user was told.</summary>
    public int? ExpiryWarning { get; private set; }

    public static AccessToken Create(NewToken wanted, string secret, DateTimeOffset now)
    {
        var id = Guid.CreateVersion7(now);
        var token = new AccessToken
        {
            Id = id,
            Kind = wanted.Kind,
            UserId = wanted.UserId,
            OrganizationId = wanted.OrganizationId,
            ProjectBound = wanted.ProjectIds is not null,
            JobId = wanted.JobId,
            Scopes = wanted.Scopes,
            IpAllowList = wanted.IpAllowList,
            RateMax = wanted.RateMax,
            RateWindow = wanted.RateWindow,
            ParentId = wanted.ParentId,
            Enabled = true,
            CreatedAt = now,
        };
        token._projects.AddRange((wanted.ProjectIds ?? []).Distinct().Select(project => new AccessTokenProject { TokenId = id, ProjectId = project }));
        token.Rename(wanted.Name, now);
        token.Use(secret, wanted.ExpiresAt, now);
        return token;
    }

    /// <summary>The form of a name under which it is unique.</summary>
    public static string Key(string name) => name.ToLowerInvariant();

    public TokenStatus StatusAt(DateTimeOffset now) => this switch
    {
        { RevokedAt: not null } => TokenStatus.Revoked,
        _ when ExpiresAt <= now => TokenStatus.Expired,
        { PreviousHash: not null } when PreviousValidUntil > now => TokenStatus.Rotating,
        _ => TokenStatus.Active,
    };

    public bool IsLive(DateTimeOffset now) => StatusAt(now) is TokenStatus.Active or TokenStatus.Rotating;

    /// <summary>The length of its life, counted from the last secret; null without an end.</summary>
    public TimeSpan? Life => ExpiresAt - (RotatedAt ?? CreatedAt);

    /// <summary>Gives it another secret; the former one works for <paramref name="overlap"/> more, an older former one not at all.</summary>
    public Error? Rotate(string secret, TimeSpan overlap, DateTimeOffset? expiresAt, DateTimeOffset now)
    {
        if (!IsLive(now))
            return TokenErrors.NotActive;
        var keepsFormer = overlap > TimeSpan.Zero;
        (PreviousHash, PreviousValidUntil) = (keepsFormer ? Hash : null, keepsFormer ? now + overlap : null);
        RotatedAt = now;
        Use(secret, expiresAt, now);
        return null;
    }

    public Error? ChangeScopes(IReadOnlyList<string> scopes, DateTimeOffset now)
    {
        if (!IsLive(now))
            return TokenErrors.NotActive;
        (Scopes, UpdatedAt) = (scopes, now);
        return null;
    }

    public void Rename(string name, DateTimeOffset now) => (Name, NameKey, UpdatedAt) = (name, Kind == TokenKind.Inference ? null : Key(name), now);

    /// <summary>Ends it; false when it was ended before.</summary>
    public bool Revoke(DateTimeOffset now)
    {
        if (RevokedAt is not null)
            return false;
        (RevokedAt, UpdatedAt, NameKey) = (now, now, null);
        return true;
    }

    private void Use(string secret, DateTimeOffset? expiresAt, DateTimeOffset now)
    {
        Hash = TokenHash.Of(secret).ToString();
        Prefix = secret[..TokenSecret.ShownLength];
        (ExpiresAt, UpdatedAt) = (expiresAt, now);
        ExpiryWarning = WarningDays.Where(days => expiresAt - now <= TimeSpan.FromDays(days)).Select(days => (int?)days).LastOrDefault(); // a shorter life needs no such warning
    }
}

/// <summary>One project that a bound token sees.</summary>
[PlatformScoped]
public sealed class AccessTokenProject
{
    public required Guid TokenId { get; init; }

    public required Guid ProjectId { get; init; }
}

/// <summary>What a token is to be.</summary>
public sealed record NewToken(TokenKind Kind, string Name, Guid UserId, Guid OrganizationId, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt)
{
    /// <summary>Null: all projects that the user may see.</summary>
    public IReadOnlyCollection<Guid>? ProjectIds { get; init; }

    public IReadOnlyList<string> IpAllowList { get; init; } = [];

    public Guid? JobId { get; init; }

    public Guid? ParentId { get; init; }

    public int? RateMax { get; init; }

    public int? RateWindow { get; init; }
}

/// <summary>A token with its secret, to be shown once.</summary>
public sealed record IssuedToken(AccessToken Token, string Secret);
