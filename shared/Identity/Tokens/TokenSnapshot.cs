using System.Net;
using Platform.Organizations;
using Platform.RateLimits;

namespace Platform.Identity;

/// <summary>What identification needs to know of an access token, its user and his rights; immutable, cached by the hash of the secret, at most two seconds old.</summary>
public sealed class TokenSnapshot
{
    private readonly AccessToken _token;
    private readonly TokenFacts _facts;
    private readonly IPNetwork[] _networks;
    private readonly bool _isUsable;

    internal TokenSnapshot(TokenHash hash, IReadOnlyList<TokenFacts> rows, IReadOnlyList<RoleGrant> grants)
    {
        (Key, _facts, _token) = (hash, rows[0], rows[0].Token);
        IsPrevious = _token.PreviousHash == hash.ToString();
        _networks = [.. _token.IpAllowList.Where(text => IpNetworks.TryParse(text, out _)).Select(Parse)];
        var projects = rows.Where(row => row.BoundProjectId is not null).ToList();
        _isUsable = _token.Enabled && _facts.Role is not null && TakesOrganization() && (!_token.ProjectBound || projects.Exists(TakesProject));
        Caller = _token.Kind == TokenKind.Job ? JobCaller(projects) : UserCaller(projects, grants);
        Limits = new UserRateLimits(_facts.Bypass ?? false, _facts.Multiplier ?? 1, _facts.Rules);
    }

    /// <summary>Hash of the secret by which it was found.</summary>
    public TokenHash Key { get; }

    public Guid Id => _token.Id;

    public TokenKind Kind => _token.Kind;

    public Guid? JobId => _token.JobId;

    /// <summary>The caller of a request with the token. That of a job's key is no user.</summary>
    public Caller Caller { get; }

    public UserRateLimits Limits { get; }

    /// <summary>Read by the secret that the last rotation replaced.</summary>
    public bool IsPrevious { get; }

    /// <summary>Whether the token behind this secret may be used now, wherever from.</summary>
    public bool Accepts(TokenHash hash, DateTimeOffset now) =>
        Key.Matches(hash) && _isUsable && _token.IsLive(now) && (!IsPrevious || now < _token.PreviousValidUntil) && _facts.IsActive && !(_facts.BannedUntil > now);

    /// <summary>Whether it may be used from an address.</summary>
    public bool AllowsFrom(IPAddress? address)
    {
        if (_token.IpAllowList.Count == 0)
            return true;
        var plain = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        return plain is not null && Array.Exists(_networks, network => network.Contains(plain));
    }

    /// <summary>Whether nothing is wrong with it but its age.</summary>
    public bool IsExpired(DateTimeOffset now) => _isUsable && _token.StatusAt(now) == TokenStatus.Expired;

    // Keys rest while their organization is suspended.
    private bool TakesOrganization() =>
        _facts.OrganizationStatus == OrganizationStatus.Active || (_facts.OrganizationStatus == OrganizationStatus.Suspended && _token.Kind == TokenKind.User);

    private bool TakesProject(TokenFacts row) => _token.Kind != TokenKind.Job || row.BoundProjectStatus == ProjectStatus.Active;

    private Caller UserCaller(List<TokenFacts> projects, IReadOnlyList<RoleGrant> grants)
    {
        var access = new OrganizationAccess(_token.OrganizationId, _token.UserId, _facts.Role, _facts.ProjectBound ?? false, grants) { Suspended = _facts.OrganizationStatus == OrganizationStatus.Suspended };
        var scopes = TokenScopes.Expand(_token.Scopes);
        var project = ActiveProject(projects);
        return new Caller
        {
            Kind = CallerKind.User,
            UserId = _token.UserId,
            Username = _facts.Username,
            OrganizationId = _token.OrganizationId,
            ProjectId = project,
            Credential = CredentialKind.AccessToken,
            TokenId = _token.Id,
            TokenKind = _token.Kind,
            TokenProjects = _token.ProjectBound ? [.. projects.Select(row => row.BoundProjectId!.Value)] : null,
            Access = access,
            Scopes = scopes,
            ScopePatterns = TokenScopes.PatternsOf(_token.Scopes),
            Permissions = access.In(project).Intersect(scopes),
        };
    }

    private Caller JobCaller(List<TokenFacts> projects) => new()
    {
        Kind = CallerKind.User,
        Username = _token.Name,
        OrganizationId = _token.OrganizationId,
        ProjectId = ActiveProject(projects),
        Credential = CredentialKind.AccessToken,
        TokenId = _token.Id,
        TokenKind = _token.Kind,
        TokenProjects = [.. projects.Select(row => row.BoundProjectId!.Value)],
        Permissions = TokenScopes.Expand(_token.Scopes),
    };

    // The only project; of several the organization's default or the first in order of creation; without a bond the default.
    private Guid? ActiveProject(List<TokenFacts> projects)
    {
        if (!_token.ProjectBound || projects.Exists(row => row.BoundProjectId == _facts.DefaultProjectId))
            return _facts.DefaultProjectId;
        return projects.OrderBy(row => row.BoundProjectStatus).ThenBy(row => row.BoundProjectId).Select(row => row.BoundProjectId).FirstOrDefault();
    }

    private static IPNetwork Parse(string text) => IpNetworks.TryParse(text, out var network) ? network : throw new FormatException("Not a network");
}
