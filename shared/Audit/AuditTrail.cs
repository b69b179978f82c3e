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
    private const int MaxText = 300;

    private AuditEntry? _entry;
    private bool _stored;

    /// <summary>Adds the entry of the running operation.</summary>
    /// <param name="ofPlatform">An operator's operation: the entry belongs to the platform's chain, whatever organization is active.</param>
    public void Begin(string action, string? resourceId, bool ofPlatform = false)
    {
        var entry = Create(action, action[..Math.Max(action.IndexOf('.', StringComparison.Ordinal), 0)], resourceId, ofPlatform: ofPlatform);
        _entry = entry;
        db.Add(entry);
        db.SavedChanges += (_, _) => _stored |= db.Entry(entry).State == EntityState.Unchanged;
    }

    /// <summary>Says which of several things the running operation is.</summary>
    public void Rename(string action)
    {
        if (_entry is not null)
            _entry.Action = action;
    }

    /// <summary>The running operation has changed nothing: it leaves no entry.</summary>
    public void Withdraw()
    {
        if (_entry is null || _stored)
            return;
        db.Entry(_entry).State = EntityState.Detached;
        _entry = null;
    }

    /// <summary>Names what the running operation acts on.</summary>
    public void Target(string resourceType, object resourceId, string? name = null)
    {
        if (_entry is null)
            return;
        (_entry.ResourceType, _entry.ResourceId, _entry.ResourceName) = (resourceType, Bounded(resourceId.ToString()), Bounded(name));
    }

    /// <summary>Moves the running operation's entry to the chain of another organization than the active one.</summary>
    public void Move(Guid organizationId)
    {
        if (_entry is null || _stored)
            return;
        var entry = db.Entry(_entry);
        entry.Property(row => row.Chain).CurrentValue = organizationId;
        entry.Property(row => row.OrganizationId).CurrentValue = organizationId;
        entry.Property(row => row.ProjectId).CurrentValue = null;
    }

    /// <summary>Records a changed field of the running operation. Never pass a secret: see <see cref="ChangeSecret"/>.</summary>
    public void Change(string field, object? from, object? to) => _entry?.Add(new AuditChange(field, from, to));

    /// <summary>Records that a field changed whose values nobody may read.</summary>
    public void ChangeSecret(string field) => _entry?.Add(AuditChange.OfSecret(field));

    public void Reason(string? reason)
    {
        if (_entry is not null)
            _entry.Reason = reason;
    }

    /// <summary>Says something more about the running operation. Never pass a secret.</summary>
    public void Note(string name, object? value) => _entry?.Note(name, value);

    /// <summary>Adds a further entry; stored with the next save.</summary>
    /// <param name="actor">Whose entry it is, when not the caller's.</param>
    public AuditEntry Write(string action, string resourceType, object? resourceId, AuditOutcome outcome = AuditOutcome.Success, bool ofPlatform = false, Caller? actor = null)
    {
        var entry = Create(action, resourceType, resourceId?.ToString(), outcome, ofPlatform: ofPlatform, actor: actor);
        db.Add(entry);
        return entry;
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
        db.Add(_stored ? Create(entry.Action, entry.ResourceType, entry.ResourceId, entry.Outcome, entry.Reason, ofPlatform: entry.Chain == Guid.Empty) : entry);
        await db.SaveChangesAsync(ct);
    }

    // Possible as long as the chain has not taken the entry up; after that it would need an entry of its own, which the caller then adds.
    private async Task<bool> CorrectAsync(AuditEntry entry, CancellationToken ct)
    {
        using var turn = await writes.EnterAsync(ct);
        return await db.AuditEntries.Where(row => row.Id == entry.Id && row.Sequence == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Outcome, entry.Outcome).SetProperty(row => row.Reason, entry.Reason), ct) > 0;
    }

    // Ids of refused requests are what the caller made up; names may be as long as a contract likes.
    private static string? Bounded(string? text) => text?.Length > MaxText ? text[..MaxText] : text;

    private static AuditOutcome OutcomeOf(Error refusal) => refusal.Kind is ErrorKind.Forbidden or ErrorKind.Unauthenticated or ErrorKind.NotFound
        ? AuditOutcome.Denied
        : AuditOutcome.Failed;

    private AuditEntry Create(
        string action, string resourceType, string? resourceId, AuditOutcome outcome = AuditOutcome.Success, string? reason = null, bool ofPlatform = false, Caller? actor = null)
    {
        var now = clock.GetUtcNow();
        var caller = actor ?? scope.Current;
        var organization = ofPlatform ? null : caller.OrganizationId;
        return new AuditEntry
        {
            Id = Guid.CreateVersion7(now),
            Chain = organization ?? Guid.Empty,
            Timestamp = now,
            OrganizationId = organization,
            ProjectId = ofPlatform ? null : caller.ProjectId,
            ActorId = caller.UserId,
            ActorType = caller.Kind != CallerKind.User ? AuditActor.System : caller.Credential == CredentialKind.AccessToken ? AuditActor.Token : AuditActor.User,
            ActorName = caller.Username,
            ImpersonatorId = caller.ImpersonatorId,
            TokenId = caller.TokenId,
            Action = action,
            ResourceType = resourceType,
            ResourceId = Bounded(resourceId),
            Outcome = outcome,
            Reason = reason,
            IpAddress = scope.IpAddress,
            UserAgent = scope.UserAgent,
            RequestId = scope.CorrelationId,
        };
    }
}
