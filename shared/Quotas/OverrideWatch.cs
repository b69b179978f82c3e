using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Quotas;

/// <summary>
/// Whether operators have set limits for anybody: mostly not, and then no execution has to ask the database for its own. At most two seconds old, current in the
/// process that set them.
/// </summary>
public sealed class OverrideWatch(TimeProvider clock)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private Seen? _seen;
    private int _generation;

    public ValueTask<bool> AnyAsync(PlatformDbContext db, CancellationToken ct)
    {
        var seen = _seen;
        return seen is not null && clock.GetElapsedTime(seen.At) < Freshness ? new(seen.Any) : new(LookAsync(db, ct));
    }

    /// <summary>To be called after a committed change.</summary>
    public void Forget()
    {
        lock (_lock)
            (_seen, _generation) = (null, _generation + 1);
    }

    // What was read before a change is not remembered after it.
    private async Task<bool> LookAsync(PlatformDbContext db, CancellationToken ct)
    {
        var (generation, at) = (Volatile.Read(ref _generation), clock.GetTimestamp());
        var any = await db.QuotaOverrides.AnyAsync(ct);
        lock (_lock)
        {
            if (generation == _generation)
                _seen = new Seen(any, at);
        }

        return any;
    }

    private sealed record Seen(bool Any, long At);
}
