using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Events;

namespace Platform.Replay;

/// <summary>
/// The work of a session, a batch at a time. What is to be done next is decided by the row, so a batch that is begun again after a crash goes on behind the last
/// event that counts. Short pauses between events are waited for here, long ones by the workflow.
/// </summary>
public sealed class RunReplay(PlatformDbContext db, ReplaySelection selection, ReplayDelivery delivery, TimeProvider clock)
{
    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MostPauses = TimeSpan.FromSeconds(5);

    /// <param name="due">Sequence of the event whose pause is over.</param>
    public async Task<ReplayStep> AdvanceAsync(Guid id, long? due, CancellationToken ct)
    {
        var session = await delivery.FindAsync(id, ct);
        if (session is { Status: ReplayStatus.Scheduled } or { Status: ReplayStatus.Running, UntilSequence: null })
            session = await BeginAsync(session, ct);
        if (session is not { Status: ReplayStatus.Running })
            return ReplayStep.Of(session?.Status);

        var most = (int)Math.Min(session.Config.BatchSize, session.TotalEvents - session.Handled);
        var events = most > 0 ? await selection.NextAsync(session, most, ct) : [];
        return events.Count > 0 ? await ReplayAsync(session, events, due, ct) : ReplayStep.Over;
    }

    // Counted once: the replay does not run after what is stored from now on.
    private async Task<ReplaySession?> BeginAsync(ReplaySession session, CancellationToken ct)
    {
        var matching = selection.Matching(session.Config.ReplayType, session.Config.Filter);
        var until = await matching.MaxAsync(e => e.Sequence, ct) ?? 0;
        var count = await matching.LongCountAsync(e => e.Sequence <= until, ct);
        var (total, now) = (Math.Min(count, session.Config.MaxEvents ?? long.MaxValue), clock.GetUtcNow());
        await db.InTransactionAsync(
            () => db.ReplaySessions
                .Where(s => s.Id == session.Id && s.UntilSequence == null && (s.Status == ReplayStatus.Scheduled || s.Status == ReplayStatus.Running))
                .ExecuteUpdateAsync(
                    set => set.SetProperty(s => s.Status, ReplayStatus.Running)
                        .SetProperty(s => s.StartedAt, s => s.StartedAt ?? now)
                        .SetProperty(s => s.UntilSequence, until)
                        .SetProperty(s => s.TotalEvents, total),
                    ct),
            ct);
        return await delivery.FindAsync(session.Id, ct);
    }

    private async Task<ReplayStep> ReplayAsync(ReplaySession session, List<PlatformEvent> events, long? due, CancellationToken ct)
    {
        List<PlatformEvent> inHand = [];
        var (previous, waited) = (session.LastEventAt, TimeSpan.Zero);
        foreach (var next in events)
        {
            var pause = next.Sequence == due ? TimeSpan.Zero : ReplayPace.Between(previous, next.Timestamp, session.Config.SpeedMultiplier);
            waited += pause;
            var isLong = pause >= LongPause || (pause > TimeSpan.Zero && waited > MostPauses);
            if (isLong || (pause > TimeSpan.Zero && delivery.IsPaced(session)))
            {
                if (await DeliverAsync(session, inHand, ct) is not { } delivered)
                    return await StepAsync(session.Id, ct);
                (session, inHand) = (delivered, []);
            }

            if (isLong)
                return ReplayStep.Wait(pause, next.Sequence!.Value);
            if (pause > TimeSpan.Zero && !await PauseAsync(session.Id, pause, ct))
                return await StepAsync(session.Id, ct);
            inHand.Add(next);
            previous = next.Timestamp;
        }

        await DeliverAsync(session, inHand, ct);
        return await StepAsync(session.Id, ct);
    }

    /// <summary>The session behind the events; null when it did not get there or goes no further.</summary>
    private async Task<ReplaySession?> DeliverAsync(ReplaySession session, List<PlatformEvent> inHand, CancellationToken ct)
    {
        if (inHand.Count == 0)
            return session;
        var now = await delivery.DeliverAsync(session, inHand, ct);
        return now is { Status: ReplayStatus.Running } && now.LastSequence == inHand[^1].Sequence ? now : null;
    }

    private async Task<bool> PauseAsync(Guid id, TimeSpan pause, CancellationToken ct)
    {
        await Task.Delay(pause, clock, ct);
        return (await delivery.FindAsync(id, ct))?.Status == ReplayStatus.Running;
    }

    private async Task<ReplayStep> StepAsync(Guid id, CancellationToken ct) => ReplayStep.Of((await delivery.FindAsync(id, ct))?.Status);
}
