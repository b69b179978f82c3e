using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Events;

namespace Platform.Replay;

/// <summary>Sends events of a session to its target: tries again if that is wanted, and counts what fails.</summary>
public sealed class ReplayDelivery(PlatformDbContext db, IEnumerable<IReplaySink> sinks, ReplayParts parts, TimeProvider clock)
{
    private const int MostWaitSeconds = 10;

    /// <summary>Whether the target wants each event when it is due.</summary>
    public bool IsPaced(ReplaySession session) => SinkOf(session).IsPaced;

    public Task<ReplaySession?> FindAsync(Guid id, CancellationToken ct) => db.ReplaySessions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id, ct);

    /// <summary>The session as it is afterwards. It is not at the last of the events when it was paused, ended or moved on by somebody else.</summary>
    public async Task<ReplaySession?> DeliverAsync(ReplaySession session, IReadOnlyList<PlatformEvent> events, CancellationToken ct)
    {
        ReplaySession? now = session;
        foreach (var part in parts.Of(events, session.Config.Target, session.Config.TargetService))
        {
            await DeliverAsync(now, part, ct);
            now = await FindAsync(session.Id, ct);
            if (now is not { Status: ReplayStatus.Running } || now.LastSequence != part.Events[^1].Sequence)
                return now;
        }

        return now;
    }

    private async Task DeliverAsync(ReplaySession session, ReplayPart part, CancellationToken ct)
    {
        if ((part.Problem ?? await TryAsync(session, part.Events, ct)) is not { } failure)
            return;
        var now = clock.GetUtcNow();
        var step = Step(session, part.Events, replayed: 0, [.. part.Events.Select(e => new ReplayProblem(now, e.EventId, failure.Message, failure.Code))]);
        if (session.Config.SkipErrors)
            await db.InTransactionAsync(() => ReplayProgress.AdvanceAsync(db, step, ct), ct);
        else
            await ReplayProgress.FailAsync(db, step, now, ct);
    }

    /// <summary>Why the events failed; null when they were sent, or no longer are to be.</summary>
    private async Task<Error?> TryAsync(ReplaySession session, IReadOnlyList<PlatformEvent> events, CancellationToken ct)
    {
        var retries = session.Config.RetryFailed ? session.Config.RetryAttempts : 0;
        for (var attempt = 0; ; attempt++)
        {
            var sent = await SinkOf(session).SendAsync(events, Step(session, events, events.Count, []), ct);
            if (sent.IsOk || attempt >= retries)
                return sent.Error;
            await Task.Delay(TimeSpan.FromSeconds(Math.Min(MostWaitSeconds, 1 << attempt)), clock, ct);
            if ((await FindAsync(session.Id, ct))?.Status != ReplayStatus.Running)
                return null;
        }
    }

    private static ReplayAdvance Step(ReplaySession from, IReadOnlyList<PlatformEvent> events, int replayed, IReadOnlyList<ReplayProblem> failures) =>
        new(from, events[^1].Sequence!.Value, events[^1].Timestamp, replayed, failures);

    private IReplaySink SinkOf(ReplaySession session) => sinks.Single(sink => sink.Target == session.Config.Target);
}
