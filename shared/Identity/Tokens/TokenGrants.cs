using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Organizations;

namespace Platform.Identity;

/// <summary>
/// What the caller may write into a token: no scope that he does not hold himself, in the organization as a whole or in each project that the token is bound to;
/// with a token as the maker, no more scopes, projects, life or addresses than it has. Bundles give only what the user has when they are used, so that holding a
/// part of one is enough.
/// </summary>
public sealed class TokenGrants(PlatformDbContext db, Caller caller)
{
    /// <summary>The token that the request is made with; null for sessions.</summary>
    public async Task<AccessToken?> ParentAsync(CancellationToken ct) => caller.TokenId is { } id
        ? await db.AccessTokens.AsNoTracking().Include(token => token.Projects).SingleOrDefaultAsync(token => token.Id == id, ct)
        : null;

    /// <summary>Those of the scopes that he may give without asking for them.</summary>
    public IReadOnlyList<string> Held(IEnumerable<string> scopes) => [.. scopes.Where(scope => Holds(scope, null))];

    public Error? CheckScopes(IReadOnlyCollection<string> scopes, IReadOnlyCollection<Guid>? projectIds, AccessToken? parent)
    {
        if (scopes.Where(scope => !TokenScopes.IsKnown(scope)).ToList() is { Count: > 0 } unknown)
            return TokenErrors.UnknownScopes(unknown);
        var places = projectIds is null ? [null] : projectIds.Select(id => (Guid?)id).ToList();
        var missing = scopes.FirstOrDefault(scope => !places.TrueForAll(place => Holds(scope, place)) || (parent is not null && !TokenScopes.Covers(parent.Scopes, scope)));
        return missing is null ? null : TokenErrors.Escalation(missing);
    }

    /// <summary>The projects are live ones of the organization, and of the maker's when he is bound.</summary>
    public async Task<Error?> CheckProjectsAsync(IReadOnlyCollection<Guid>? projectIds, AccessToken? parent, CancellationToken ct)
    {
        if (projectIds is null)
            return null;
        var found = await db.Projects.CountAsync(project => projectIds.Contains(project.Id) && project.Status != ProjectStatus.Deleted, ct);
        if (found < projectIds.Distinct().Count())
            return TokenErrors.ProjectNotFound;
        return parent is { ProjectBound: true } && projectIds.Except(parent.Projects.Select(bound => bound.ProjectId)).Any() ? TokenErrors.Escalation(null) : null;
    }

    public static Error? CheckNetworks(IReadOnlyCollection<string> networks, AccessToken? parent)
    {
        if (networks.Where(text => !IpNetworks.TryParse(text, out _)).ToList() is { Count: > 0 } bad)
            return TokenErrors.BadNetworks(bad);
        return parent is { IpAllowList.Count: > 0 } && !networks.All(network => IpNetworks.Cover(parent.IpAllowList, network)) ? TokenErrors.Escalation(null) : null;
    }

    private bool Holds(string scope, Guid? projectId)
    {
        if (caller.Access is not { } access)
            return false;
        return TokenScopes.IsBundle(scope) ? !access.In(projectId).Intersect(TokenScopes.Expand([scope])).IsEmpty : access.Covers(scope, projectId);
    }
}
