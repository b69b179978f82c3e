using Microsoft.EntityFrameworkCore;

using Platform.Events;

namespace Platform.Data;

public sealed partial class PlatformDbContext
{
    public DbSet<PlatformEvent> Events => Set<PlatformEvent>();

    public DbSet<ArchivedEvent> ArchivedEvents => Set<ArchivedEvent>();

    public DbSet<IdempotencyKey> IdempotencyKeys => Set<IdempotencyKey>();

    public DbSet<ConsumerOffset> ConsumerOffsets => Set<ConsumerOffset>();

    /// <summary>Adds the event to the unit of work: stored with the change, delivered after the commit. The owner is the caller unless the event names one.</summary>
    public PlatformEvent Raise(DomainEvent raised) => Append(Work.Events.Stamp(raised, Scope, Caller));

    /// <summary>Adds an event that was published or replayed.</summary>
    public PlatformEvent Raise(EventDraft draft) => Append(Work.Events.Stamp(draft, Scope));

    private PlatformEvent Append(PlatformEvent stamped)
    {
        _raised.Add(stamped);
        return stamped;
    }
}
