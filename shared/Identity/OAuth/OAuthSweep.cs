using Platform.Data;

namespace Platform.Identity.OAuth;

/// <summary>Deletes flows that can no longer come back.</summary>
public sealed class OAuthSweep(ExpiredRows expired, TimeProvider clock)
{
    public Task<int> DeleteExpiredFlowsAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return expired.DeleteAsync(db => db.OAuthFlows.Where(flow => flow.ExpiresAt <= now).OrderBy(flow => flow.StateHash), ct);
    }
}
