using Platform.Audit;
using Platform.Data;
using Platform.Events;
using Platform.Idempotency;
using Platform.Identity;

namespace Platform.Replay;

/// <summary>Makes sessions that wait for their start.</summary>
public sealed class CreateReplay(
    PlatformDbContext db, Caller caller, EventCatalog catalog, ReplayCallbacks callbacks, AuditTrail audit, IdempotentRequest idempotency, TimeProvider clock)
{
    public async Task<Result<ReplaySessionChange>> CreateAsync(ReplaySessionRequest request, CancellationToken ct)
    {
        if (ReplayRules.UnknownType(request.ToFilter(), catalog) is { } unknown)
            return unknown;
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var callback = await callbacks.SealAsync(id, request.CallbackUrl, ct);
        if (!callback.IsOk)
            return callback.Error;

        db.ReplaySessions.Add(new ReplaySession
        {
            Id = id,
            Config = request.ToConfig(callback.Value.Shown),
            CorrelationId = ReplaySource.NewCorrelationId(now),
            CreatedBy = caller.UserId,
            CreatedAt = now,
            SealedCallback = callback.Value.Text,
            KeyOrganizationId = callback.Value.OrganizationId,
        });
        var answer = new ReplaySessionChange(id, ReplayStatus.Created, "Replay session created successfully");
        audit.Target("replay_session", id);
        idempotency.Complete(answer);
        await db.SaveChangesAsync(ct);
        return answer;
    }
}
