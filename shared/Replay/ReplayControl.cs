using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Idempotency;
using Platform.Workflows;

namespace Platform.Replay;

/// <summary>Starts, pauses, resumes and cancels sessions. The state in the database decides; the workflow is only woken.</summary>
public sealed class ReplayControl(PlatformDbContext db, IWorkflows workflows, AuditTrail audit, IdempotentRequest idempotency, TimeProvider clock)
{
    public Task<Result<ReplaySessionChange>> StartAsync(Guid id, CancellationToken ct) => db.InTransactionAsync<Result<ReplaySessionChange>>(
        async () =>
        {
            if (await FindAsync(id, ct) is not { } session)
                return ReplayErrors.NotFound;
            var now = clock.GetUtcNow();
            var started = await db.ReplaySessions.Where(s => s.Id == id && s.Status == ReplayStatus.Created)
                .ExecuteUpdateAsync(set => set.SetProperty(s => s.Status, ReplayStatus.Running).SetProperty(s => s.StartedAt, now), ct);
            if (started == 0)
                return ReplayErrors.AlreadyStarted;
            workflows.Start(ReplayWorkflow.Name, ReplayWorkflow.InstanceId(id), new ReplayWorkflow.Input(id, session.CorrelationId));
            return await SaveAsync(new ReplaySessionChange(id, ReplayStatus.Running, "Replay session started"), ct);
        },
        ct);

    public Task<Result<ReplaySessionChange>> PauseAsync(Guid id, CancellationToken ct) =>
        MoveAsync(id, [ReplayStatus.Running], new ReplaySessionChange(id, ReplayStatus.Paused, "Replay session paused"), "pause", ReplayWorkflow.Pause, ct);

    public Task<Result<ReplaySessionChange>> ResumeAsync(Guid id, CancellationToken ct) =>
        MoveAsync(id, [ReplayStatus.Paused], new ReplaySessionChange(id, ReplayStatus.Running, "Replay session resumed"), "resume", ReplayWorkflow.Resume, ct);

    public Task<Result<ReplaySessionChange>> CancelAsync(Guid id, CancellationToken ct) =>
        MoveAsync(id, ReplayStates.Open, new ReplaySessionChange(id, ReplayStatus.Cancelled, "Replay session cancelled"), "cancel", ReplayWorkflow.Cancel, ct);

    private Task<Result<ReplaySessionChange>> MoveAsync(
        Guid id, IReadOnlyList<ReplayStatus> from, ReplaySessionChange change, string verb, string signal, CancellationToken ct) => db.InTransactionAsync<Result<ReplaySessionChange>>(
        async () =>
        {
            DateTimeOffset? ended = change.Status == ReplayStatus.Cancelled ? clock.GetUtcNow() : null;
            var moved = await db.ReplaySessions.Where(s => s.Id == id && from.Contains(s.Status))
                .ExecuteUpdateAsync(set => set.SetProperty(s => s.Status, change.Status).SetProperty(s => s.CompletedAt, ended), ct);
            if (await FindAsync(id, ct) is not { } session)
                return ReplayErrors.NotFound;
            if (moved == 0)
                return ReplayErrors.CannotMove(verb, session.Status);
            if (session.StartedAt is not null) // one that was scheduled and has not begun finds its state when it does
                workflows.Signal(ReplayWorkflow.InstanceId(id), signal);
            return await SaveAsync(change, ct);
        },
        ct);

    private Task<ReplaySession?> FindAsync(Guid id, CancellationToken ct) => db.ReplaySessions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id, ct);

    private async Task<ReplaySessionChange> SaveAsync(ReplaySessionChange change, CancellationToken ct)
    {
        audit.Target("replay_session", change.SessionId);
        idempotency.Complete(change);
        await db.SaveChangesAsync(ct);
        return change;
    }
}
