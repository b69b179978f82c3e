using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Settings;

namespace Platform.Executions;

/// <summary>
/// When a waiting execution may start: <c>position × mean wall time of the last 20 executions ÷ max_concurrent_executions</c> (executions.md §2.6).
/// </summary>
public sealed class QueueForecast(PlatformDbContext db, SystemSettingsStore settings)
{
    private const int Sample = 20;

    /// <summary>Seconds, or null while nothing has run yet.</summary>
    public async Task<double?> WaitSecondsAsync(int position, CancellationToken ct)
    {
        var last = await db.ExecutionResults.OrderByDescending(r => r.StoredAt).Take(Sample).Select(r => r.WallSeconds).ToListAsync(ct);
        if (last.Count == 0)
            return null;

        var most = (await settings.GetAsync(ct)).ExecutionLimits.MaxConcurrentExecutions;
        return Math.Round(position * last.Average() / most, 3);
    }
}
