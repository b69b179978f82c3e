using Platform.Data;
using Platform.Events;

namespace Platform.Replay;

/// <summary>Sends nothing: what reaches it was checked already and counts.</summary>
public sealed class TestSink(PlatformDbContext db) : IReplaySink
{
    public ReplayTarget Target => ReplayTarget.Test;

    public bool IsPaced => false;

    public async Task<Result<bool>> SendAsync(IReadOnlyList<PlatformEvent> events, ReplayAdvance step, CancellationToken ct) =>
        await db.InTransactionAsync(() => ReplayProgress.AdvanceAsync(db, step, ct), ct);
}
