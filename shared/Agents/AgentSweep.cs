using Platform.Data;

namespace Platform.Agents;

/// <summary>Deletes what agents have counted and nobody asks for any more.</summary>
public sealed class AgentSweep(ExpiredRows expired, TimeProvider clock)
{
    private const int CountersKeptDays = 40;

    public Task<int> DeleteOldCountersAsync(CancellationToken ct)
    {
        var before = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(-CountersKeptDays);
        return expired.DeleteAsync(db => db.UsageCounters.Where(counter => counter.Date < before).OrderBy(counter => counter.UserId).ThenBy(counter => counter.Date), ct);
    }
}
