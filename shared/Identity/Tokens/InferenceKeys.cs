using Platform.Audit;
using Platform.Data;

namespace Platform.Identity;

/// <summary>The caller's API keys of kind inference in the active organization.</summary>
public sealed class InferenceKeys(PlatformDbContext db, Caller caller, TokenIssuer issuer, TokenChange change, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Live ones of a user in an organization.</summary>
    public const int MaxLive = 50;

    /// <param name="days">Null: it does not expire.</param>
    public Task<Result<IssuedToken>> CreateAsync(string name, int? days, CancellationToken ct)
    {
        DateTimeOffset? end = days is { } given ? clock.GetUtcNow().AddDays(given) : null;
        return issuer.IssueAsync(new NewToken(TokenKind.Inference, name, caller.UserId!.Value, caller.OrganizationId!.Value, TokenScopes.Inference, end), MaxLive, ct);
    }

    public Task<Result<AccessToken>> RenameAsync(Guid id, string name, CancellationToken ct) => ChangeAsync(
        id,
        key =>
        {
            audit.Change("name", key.Name, name);
            key.Rename(name, clock.GetUtcNow());
            return true;
        },
        ct);

    /// <summary>Ends a key; one that was ended before is not found.</summary>
    public Task<Result<AccessToken>> RevokeAsync(Guid id, CancellationToken ct) => ChangeAsync(
        id,
        key =>
        {
            if (!key.Revoke(clock.GetUtcNow()))
                return false;
            db.Raise(new TokenRevoked(key.Id, key.Kind, key.Name) { OwnerId = key.UserId, OrganizationId = key.OrganizationId });
            return true;
        },
        ct);

    private Task<Result<AccessToken>> ChangeAsync(Guid id, Func<AccessToken, bool> apply, CancellationToken ct) => change.RunAsync<AccessToken>(
        id,
        key =>
        {
            if (key.Kind != TokenKind.Inference || key.UserId != caller.UserId)
                return TokenErrors.NotFound;
            audit.Target("token", key.Id, key.Name);
            return apply(key) ? key : TokenErrors.NotFound;
        },
        ct);
}
