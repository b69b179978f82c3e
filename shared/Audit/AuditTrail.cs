using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity;

namespace Platform.Audit;

/// <summary>
/// Writes audit entries of one unit of work. <see cref="Begin"/> adds the operation's entry to the unit of work, so that the first save stores it together with
/// the effect; services may say more about it with <see cref="Target"/> and <see cref="Change"/> before they save.
/// </summary>
public sealed class AuditTrail(PlatformDbContext db, CallerScope scope, WriteGate writes, TimeProvider clock)
{
    private AuditEntry? _entry;
    private bool _stored;

    /// <summary>Adds the entry of the running operation.</summary>
    public void Begin(string action, string? resourceId)
    {
        var entry = Create(action, action[..Math.Max(action.IndexOf('.', StringComparison.Ordinal), 0)], resourceId);
        _entry = entry;
        db.Add(entry);
        db.SavedChanges += (_, _) => _stored |= db.Entry(entry).State == EntityState.Unchanged;
    }

    /// <summary>Names what the running operation acts on.</summary>
    public void Target(string resourceType, object resourceId, string? name = null)
    {
        if (_entry is null)
            return;
        (_entry.ResourceType, _entry.ResourceId, _entry.ResourceName) = (resourceType, resourceId.ToString(), name);
    }

    /// <summary>Records a changed field of the running operation. Never pass a secret; pass <c>***</c>.</summary>
    public void Change(string field, object? from, object? to) => _entry?.Add(new AuditChange(field, from, to));

    public void Reason(string? reason)
    {
        if (_entry is not null)
            _entry.Reason = reason;
    }

    /// <summary>Adds a further entry, e.g. an operator's access to somebody's object; stored with the next save.</summary>
    public void Write(string action, string resourceType, object? resourceId, AuditOutcome outcome = AuditOutcome.Success)
    {
        db.Add(Create(action, resourceType, resourceId?.ToString(), outcome));
    }

    /// <summary>
    /// Ends the running operation. An entry that no save has taken along is stored now, without whatever else a refused operation left in the unit of work;
    /// one that a save took along before the refusal gets the refusal's outcome.
    /// </summary>
    public async Task EndAsync(Error? refusal, CancellationToken ct)
    {
        if (_entry is not { } entry || (_stored && refusal is null))
            return;
        _entry = null;
        if (refusal is not null)
            (entry.Outcome, entry.Reason) = (OutcomeOf(refusal), refusal.Code);
        if (_stored && await CorrectAsync(entry, ct))
            return;
        db.Discard();
        db.Add(_stored ? Create(entry.Action, entry.ResourceType, entry.ResourceId, entry.Outcome, entry.Reason) : entry);
        await db.SaveChangesAsync(ct);
    }

    // Possible as long as the chain has not taken the entry up; after that it would need an entry of its own, which the caller then adds.
    private async Task<bool> CorrectAsync(AuditEntry entry, CancellationToken ct)
    {
        using var turn = await writes.EnterAsync(ct);
        return await db.AuditEntries.Where(row => row.Id == entry.Id && row.Sequence == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Outcome, entry.Outcome).SetProperty(row => row.Reason, entry.Reason), ct) > 0;
    }

    private static AuditOutcome OutcomeOf(Error refusal) => refusal.Kind is ErrorKind.Forbidden or ErrorKind.Unauthenticated or ErrorKind.NotFound
        ? AuditOutcome.Denied
        : AuditOutcome.Failed;

    private AuditEntry Create(string action, string resourceType, string? resourceId, AuditOutcome outcome = AuditOutcome.Success, string? reason = null)
    {
        var now = clock.GetUtcNow();
        var caller = scope.Current;
        return new AuditEntry
        {
            Id = Guid.CreateVersion7(now),
            Chain = caller.OrganizationId ?? Guid.Empty,
            Timestamp = now,
            OrganizationId = caller.OrganizationId,
            ProjectId = caller.ProjectId,
            ActorId = caller.UserId,
            ActorType = caller.Kind != CallerKind.User ? AuditActor.System : caller.Credential == CredentialKind.AccessToken ? AuditActor.Token : AuditActor.User,
            ActorName = caller.Username,
            Action = action,
            ResourceType = resourceType,
            ResourceId = resourceId,
            Outcome = outcome,
            Reason = reason,
            IpAddress = scope.IpAddress,
            UserAgent = scope.UserAgent,
            RequestId = scope.CorrelationId,
        };
    }
}
