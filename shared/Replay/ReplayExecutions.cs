using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Executions;

namespace Platform.Replay;

/// <summary>Tells how far a session is and what became of its executions.</summary>
public sealed class ReplayExecutions(PlatformDbContext db, ReplayQueries sessions, ReplaySelection selection, ExecutionQueries executions, TimeProvider clock)
{
    private const int Most = 10;
    private const int MostAggregates = 200;

    public async Task<Result<EventReplayProgress>> ReadAsync(Guid sessionId, CancellationToken ct)
    {
        var session = await sessions.FindAsync(sessionId, ct);
        if (!session.IsOk)
            return session.Error;
        var found = await FindAsync(session.Value, ct);
        return EventReplayProgress.From(session.Value, [.. found.Select(ReplayedExecution.From)], clock.GetUtcNow());
    }

    // Those that the replay started, or if it started none those of which its events tell.
    private async Task<IReadOnlyList<ExecutionView>> FindAsync(ReplaySession session, CancellationToken ct)
    {
        var started = await db.Events
            .Where(e => e.CorrelationId == session.CorrelationId && e.EventType == ExecutionRequested.Name && e.ReplayOf == null && e.AggregateId != null)
            .OrderBy(e => e.RowId).Select(e => e.AggregateId!).Take(Most).ToListAsync(ct);
        var told = started.Count > 0 ? started : await selection.Matching(session.Config.ReplayType, session.Config.Filter)
            .Where(e => e.Sequence <= session.LastSequence && e.AggregateId != null)
            .GroupBy(e => e.AggregateId!).OrderBy(group => group.Min(e => e.Sequence)).Select(group => group.Key).Take(MostAggregates).ToListAsync(ct);
        List<Guid> ids = [.. told.Select(aggregate => Guid.TryParse(aggregate, out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty)];
        return await executions.FindAsync(ids, Most, ct);
    }
}
