using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Events;
using Platform.Idempotency;
using Platform.Identity;
using Platform.Workflows;

namespace Platform.Replay;

/// <summary>Previews a replay of chosen events, or makes a session of it that starts by itself.</summary>
public sealed class EventReplay(
    PlatformDbContext db, Caller caller, ReplaySelection selection, IWorkflows workflows, AuditTrail audit, IdempotentRequest idempotency, TimeProvider clock)
{
    public const int MostEvents = 1000;
    private const int MostPreviewed = 100;

    public async Task<Result<EventReplayAnswer>> ReplayAsync(ReplayFilter filter, string? targetService, bool dryRun, CancellationToken ct)
    {
        audit.Note("dry_run", dryRun);
        if (filter.IsEmpty)
            return ReplayErrors.NoFilter;
        var matching = selection.Matching(ReplayType.Query, filter);
        var count = await matching.LongCountAsync(ct);
        if (count == 0)
            return ReplayErrors.NothingFound;
        if (!dryRun && count > MostEvents)
            return ReplayErrors.TooMany(count, MostEvents);

        var now = clock.GetUtcNow();
        return dryRun ? await PreviewAsync(matching, count, now, ct) : await ScheduleAsync(filter, targetService, count, now, ct);
    }

    private static async Task<EventReplayAnswer> PreviewAsync(IQueryable<PlatformEvent> matching, long count, DateTimeOffset now, CancellationToken ct)
    {
        var preview = await matching.OrderBy(e => e.Sequence).Take(MostPreviewed).Select(e => new EventReplaySummary(e.EventId, e.EventType, e.Timestamp, e.AggregateId)).ToListAsync(ct);
        return new EventReplayAnswer(true, count, ReplaySource.NewCorrelationId(now), null, "preview", preview);
    }

    private async Task<EventReplayAnswer> ScheduleAsync(ReplayFilter filter, string? targetService, long count, DateTimeOffset now, CancellationToken ct)
    {
        var session = new ReplaySession
        {
            Id = Guid.CreateVersion7(now),
            Config = new ReplayConfig
            {
                ReplayType = ReplayType.Query,
                Target = targetService is null ? ReplayTarget.Test : ReplayTarget.Kafka,
                Filter = filter,
                TargetService = targetService,
                SpeedMultiplier = ReplayConfig.FullSpeed,
                MaxEvents = MostEvents,
            },
            Status = ReplayStatus.Scheduled,
            CorrelationId = ReplaySource.NewCorrelationId(now),
            CreatedBy = caller.UserId,
            CreatedAt = now,
        };
        db.ReplaySessions.Add(session);
        workflows.Start(ReplayWorkflow.Name, ReplayWorkflow.InstanceId(session.Id), new ReplayWorkflow.Input(session.Id, session.CorrelationId));
        audit.Target("replay_session", session.Id);
        var answer = new EventReplayAnswer(false, count, session.CorrelationId, session.Id, EnumWords<ReplayStatus>.ToWord(session.Status), null);
        idempotency.Complete(answer);
        await db.SaveChangesAsync(ct);
        return answer;
    }
}
