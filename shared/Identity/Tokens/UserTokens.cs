using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;

namespace Platform.Identity;

/// <summary>How a list of scopes changes what a token has.</summary>
public enum ScopeChange
{
    Replace,
    Add,
    Remove,
}

/// <summary>
/// Changes tokens of kind user in the active organization. Those of others are not found, except with the permission <c>tokens:admin</c>, which may end them.
/// The permission itself is checked after the object, as delivery's contract has it.
/// </summary>
public sealed class UserTokens(PlatformDbContext db, Caller caller, TokenChange change, TokenGrants grants, TokenLife life, AuditTrail audit, TimeProvider clock)
{
    /// <summary>The token, when the caller may know of it.</summary>
    public Task<Result<AccessToken>> FindAsync(Guid id, CancellationToken ct) => FindAsync(id, token => Seen(token, Permissions.TokensRead), ct);

    /// <summary>The token, when the caller may change it.</summary>
    public Task<Result<AccessToken>> FindOwnAsync(Guid id, CancellationToken ct) => FindAsync(id, token => Owned(token) is { } refused ? refused : token, ct);

    public Task<Result<IssuedToken>> RotateAsync(Guid id, TimeSpan overlap, WishedEnd wish, CancellationToken ct) => change.RunAsync<IssuedToken>(
        id,
        token =>
        {
            if (Owned(token) is { } refused)
                return refused;
            if (caller.TokenId is { } self && self != token.Id)
                return TokenErrors.OnlyItself;
            if (!token.IsLive(clock.GetUtcNow()))
                return TokenErrors.NotActive;
            var end = life.EndOf(wish, token.Life);
            if (!end.IsOk)
                return end.Error;
            if (caller.TokenId is not null && wish.IsGiven && (end.Value is null || end.Value - clock.GetUtcNow() > token.Life))
                return TokenErrors.Escalation(null);
            var secret = TokenSecret.Create(token.Kind);
            audit.Target("token", token.Id, token.Name);
            return token.Rotate(secret, overlap, end.Value, clock.GetUtcNow()) is { } notActive ? notActive : new IssuedToken(token, secret);
        },
        ct);

    public async Task<Result<AccessToken>> ChangeScopesAsync(Guid id, IReadOnlyList<string> scopes, ScopeChange mode, CancellationToken ct)
    {
        var parent = await grants.ParentAsync(ct);
        return await change.RunAsync<AccessToken>(
            id,
            token =>
            {
                if (Owned(token) is { } refused)
                    return refused;
                List<string> after = [.. Applied(token.Scopes, scopes, mode).Distinct(StringComparer.Ordinal)];
                if (after.Count == 0)
                    return TokenErrors.NoScopeLeft;
                List<string> wider = [.. after.Where(scope => !TokenScopes.Covers(token.Scopes, scope))];
                var projects = token.ProjectBound ? token.Projects.Select(bound => bound.ProjectId).ToList() : null;
                if (wider.Count > 0 && (grants.CheckScopes(wider, projects, parent) ?? (caller.TokenId is null ? null : TokenErrors.WideningNeedsSession)) is { } notHeld)
                    return notHeld;
                audit.Target("token", token.Id, token.Name);
                audit.Change("scopes", token.Scopes, after);
                return token.ChangeScopes(after, clock.GetUtcNow()) is { } notActive ? notActive : token;
            },
            ct);
    }

    /// <summary>Ends a token at once, on this node with the answer; again is fine.</summary>
    public Task<Result<AccessToken>> RevokeAsync(Guid id, CancellationToken ct) => change.RunAsync(
        id,
        token =>
        {
            var seen = Seen(token, Permissions.TokensManage);
            if (seen.IsOk)
                Revoke(token);
            return seen;
        },
        ct);

    /// <summary>Ends an own token; one that was ended before is not found.</summary>
    public Task<Result<AccessToken>> RevokeLiveAsync(Guid id, CancellationToken ct) => change.RunAsync<AccessToken>(
        id,
        token => token.Kind == TokenKind.User && token.UserId == caller.UserId && Revoke(token) ? token : TokenErrors.NotFound,
        ct);

    private bool Revoke(AccessToken token)
    {
        audit.Target("token", token.Id, token.Name);
        if (!token.Revoke(clock.GetUtcNow()))
            return false;
        db.Raise(new TokenRevoked(token.Id, token.Kind, token.Name) { OwnerId = token.UserId, OrganizationId = token.OrganizationId });
        return true;
    }

    private async Task<Result<AccessToken>> FindAsync(Guid id, Func<AccessToken, Result<AccessToken>> check, CancellationToken ct) =>
        await db.AccessTokens.AsNoTracking().Include(token => token.Projects).SingleOrDefaultAsync(token => token.Id == id, ct) is { } token ? check(token) : TokenErrors.NotFound;

    private static IEnumerable<string> Applied(IReadOnlyList<string> before, IReadOnlyList<string> scopes, ScopeChange mode) => mode switch
    {
        ScopeChange.Add => before.Concat(scopes),
        ScopeChange.Remove => before.Except(scopes, StringComparer.Ordinal),
        _ => scopes,
    };

    private Result<AccessToken> Seen(AccessToken token, string permission)
    {
        if (token.Kind != TokenKind.User || (token.UserId != caller.UserId && !MayAdminister))
            return TokenErrors.NotFound;
        return token.UserId != caller.UserId || caller.Can(permission) ? token : PermissionErrors.Missing(caller, permission);
    }

    private Error? Owned(AccessToken token)
    {
        var seen = Seen(token, Permissions.TokensManage);
        return seen.IsOk && token.UserId != caller.UserId ? TokenErrors.NotOwner : seen.Error;
    }

    private bool MayAdminister => caller.CanIn(null, Permissions.TokensAdmin);
}
