using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Organizations;

namespace Platform.Identity;

/// <summary>Access tokens with their users and rights, in memory, at most two seconds old (<see cref="RenewedCopies{TKey, TCopy}"/>); two round trips when unknown.</summary>
public sealed class TokenDirectory(IServiceScopeFactory scopes, TimeProvider clock)
{
    internal RenewedCopies<TokenHash, TokenSnapshot> Copies { get; } = new((hashes, ct) => LoadAsync(scopes, clock, hashes, ct), clock);

    /// <summary>The token with this secret, dead or alive; null when there is none.</summary>
    public ValueTask<TokenSnapshot?> FindAsync(TokenHash hash, CancellationToken ct) => Copies.FindAsync(hash, ct);

    /// <summary>Whether the token of an open connection may still be used.</summary>
    public async ValueTask<bool> ContinuesAsync(TokenHash hash, CancellationToken ct) =>
        await FindAsync(hash, ct) is { } current && current.Accepts(hash, clock.GetUtcNow());

    /// <summary>Forgets tokens after a committed change of them.</summary>
    internal void Forget(IEnumerable<string?> hashes)
    {
        foreach (var hash in hashes.OfType<string>())
            Copies.Forget(TokenHash.Parse(hash));
    }

    private static async Task<Dictionary<TokenHash, TokenSnapshot>> LoadAsync(IServiceScopeFactory scopes, TimeProvider clock, TokenHash[] hashes, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var texts = hashes.ToDictionary(hash => hash.ToString(), StringComparer.Ordinal);
        var rows = await Query(db, [.. texts.Keys]).AsNoTracking().ToListAsync(ct);
        if (rows.Count == 0)
            return [];
        var grants = await AccessReader.GrantsAsync(db, [.. rows.Select(row => row.Token.UserId).Distinct()], clock.GetUtcNow(), ct);
        var found = new Dictionary<TokenHash, TokenSnapshot>();
        foreach (var token in rows.GroupBy(row => row.Token.Id).Select(group => group.ToList()))
        {
            foreach (var hash in new[] { token[0].Token.Hash, token[0].Token.PreviousHash }.Where(hash => hash is not null && texts.ContainsKey(hash)).Select(hash => texts[hash!]))
                found[hash] = new TokenSnapshot(hash, token, [.. grants[(token[0].Token.UserId, token[0].Token.OrganizationId)]]);
        }
        return found;
    }

    private static IQueryable<TokenFacts> Query(PlatformDbContext db, string[] hashes) =>
        from token in db.AccessTokens
        where hashes.Contains(token.Hash) || (token.PreviousHash != null && hashes.Contains(token.PreviousHash))
        join user in db.Users on token.UserId equals user.Id
        join organization in db.Organizations on token.OrganizationId equals organization.Id
        from member in db.Memberships.Where(m => m.OrganizationId == token.OrganizationId && m.UserId == token.UserId).DefaultIfEmpty()
        from limits in db.UserLimits.Where(l => l.UserId == token.UserId).DefaultIfEmpty()
        from bound in db.AccessTokenProjects.Where(b => b.TokenId == token.Id).DefaultIfEmpty()
        from project in db.Projects.Where(p => p.Id == bound!.ProjectId && p.Status != ProjectStatus.Deleted).DefaultIfEmpty()
        select new TokenFacts
        {
            Token = token,
            Username = user.Username,
            IsActive = user.IsActive,
            BannedUntil = user.BannedUntil,
            OrganizationStatus = organization.Status,
            Role = member == null ? null : member.Role,
            ProjectBound = member == null ? null : member.ProjectBound,
            DefaultProjectId = db.Projects.Where(p => p.OrganizationId == token.OrganizationId && p.IsDefault).Select(p => (Guid?)p.Id).FirstOrDefault(),
            BoundProjectId = project == null ? null : project.Id,
            BoundProjectStatus = project == null ? null : project.Status,
            Bypass = limits == null ? null : limits.Bypass,
            Multiplier = limits == null ? null : limits.Multiplier,
            Rules = limits == null ? null : limits.Rules,
        };
}
