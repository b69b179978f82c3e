using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;

namespace Platform.Identity;

/// <summary>A key of a job as a request wishes it.</summary>
/// <param name="Life">Null: it does not expire.</param>
public sealed record WishedJobKey(string Name, TimeSpan? Life, int? RateMax, int? RateWindow);

/// <summary>What changes in a key of a job; null leaves as it is.</summary>
public sealed record JobKeyChange(string? Name, bool? Enabled, int? RateMax, int? RateWindow);

/// <summary>
/// Keys of jobs, in the active organization. Whether the job exists, and whether the caller may, is its area's matter; a key dies with its maker's membership,
/// and rests while its project is archived or its organization suspended.
/// </summary>
public sealed class JobKeys(PlatformDbContext db, Caller caller, TokenIssuer issuer, TokenChange change, TokenQueries queries, AuditTrail audit, TimeProvider clock)
{
    public const int MaxPerJob = 10;
    public const int DefaultRateMax = 100;

    /// <summary>Seconds.</summary>
    public const int DefaultRateWindow = 60;

    public Task<Result<IssuedToken>> CreateAsync(Guid jobId, Guid projectId, WishedJobKey wish, CancellationToken ct)
    {
        var wanted = new NewToken(TokenKind.Job, wish.Name, caller.UserId!.Value, caller.OrganizationId!.Value, TokenScopes.Job, clock.GetUtcNow() + wish.Life)
        {
            JobId = jobId,
            ProjectIds = [projectId],
            ParentId = caller.TokenId,
            RateMax = wish.RateMax ?? DefaultRateMax,
            RateWindow = wish.RateWindow ?? DefaultRateWindow,
        };
        return issuer.IssueAsync(wanted, MaxPerJob, ct);
    }

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<AccessToken>> ListAsync(Guid jobId, CancellationToken ct)
    {
        var page = await queries.ListAsync(new TokenFilter(TokenKind.Job) { JobId = jobId, Statuses = [TokenStatus.Active, TokenStatus.Expired] }, 0, MaxPerJob, ct);
        return page.Items;
    }

    public async Task<Result<AccessToken>> UpdateAsync(Guid jobId, Guid keyId, JobKeyChange changes, CancellationToken ct)
    {
        try
        {
            return await change.RunAsync(keyId, key => IsOf(key, jobId) ? Updated(key, changes) : JobKeyErrors.NotFound, ct);
        }
        catch (DbUpdateException fault) when (fault.IsUniqueViolation())
        {
            db.Discard();
            return TokenErrors.NameTaken;
        }
    }

    public Task<Result<AccessToken>> DeleteAsync(Guid jobId, Guid keyId, CancellationToken ct) => change.RunAsync<AccessToken>(
        keyId,
        key =>
        {
            if (!IsOf(key, jobId) || !key.Revoke(clock.GetUtcNow()))
                return JobKeyErrors.NotFound;
            audit.Target("token", key.Id, key.Name);
            db.Raise(new TokenRevoked(key.Id, key.Kind, key.Name) { OwnerId = key.UserId, OrganizationId = key.OrganizationId });
            return key;
        },
        ct);

    private static bool IsOf(AccessToken key, Guid jobId) => key.Kind == TokenKind.Job && key.JobId == jobId && key.RevokedAt is null;

    private Result<AccessToken> Updated(AccessToken key, JobKeyChange changes)
    {
        audit.Target("token", key.Id, key.Name);
        if (changes.Name is { } name)
            key.Rename(name, clock.GetUtcNow());
        key.Enabled = changes.Enabled ?? key.Enabled;
        key.RateMax = changes.RateMax ?? key.RateMax;
        key.RateWindow = changes.RateWindow ?? key.RateWindow;
        return key;
    }
}
