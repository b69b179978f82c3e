using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

using Platform.Audit;
using Platform.Events;
using Platform.Identity;
using Platform.Workflows;

namespace Platform.Data;

/// <summary>
/// The platform's database: one unit of work per service scope. Each area adds its sets in a partial file of its own folder and one
/// <see cref="IEntityTypeConfiguration{TEntity}"/> per entity. Reads are filtered by, and writes checked against, <see cref="Caller"/>.
/// Contexts are pooled (making one costs 40 µs and 40 kB): each scope leases one, and without a lease it refuses to work. Never use it after its scope.
/// </summary>
public sealed partial class PlatformDbContext(DbContextOptions<PlatformDbContext> options) : DbContext(options)
{
    private readonly List<PlatformEvent> _raised = [];
    private readonly List<PlatformEvent> _uncommitted = [];
    private CallerScope? _scope;
    private UnitOfWorkServices? _work;
    private Caller? _actingAs;
    private bool _workflows;
    private bool _audited;

    /// <summary>In whose name this unit of work reads and writes.</summary>
    public Caller Caller => _actingAs ?? Scope.Current;

    private CallerScope Scope => _scope ?? throw new ObjectDisposedException(nameof(PlatformDbContext), "The unit of work has ended.");

    private UnitOfWorkServices Work => _work ?? throw new ObjectDisposedException(nameof(PlatformDbContext), "The unit of work has ended.");

    /// <summary>
    /// Reads and writes as someone else until disposed, e.g. <c>Caller.Platform</c> while a visitor registers. Save before it ends.
    /// </summary>
    public IDisposable ActAs(Caller caller)
    {
        var before = _actingAs;
        _actingAs = caller;
        return new Restore(this, before);
    }

    /// <summary>
    /// Runs several saves, or raw statements and saves, as one transaction. On SQLite it takes the write lock at once, so that it never fails in the middle;
    /// keep foreign I/O out of it.
    /// </summary>
    public async Task<T> InTransactionAsync<T>(Func<Task<T>> body, CancellationToken ct)
    {
        if (Database.CurrentTransaction is not null)
            return await body();

        using var turn = await Work.Writes.EnterAsync(ct);
        await using var transaction = await Database.BeginTransactionAsync(ct);
        try
        {
            var result = await body();
            await transaction.CommitAsync(ct);
            TellOfCommit();
            return result;
        }
        finally
        {
            _uncommitted.Clear(); // told, or rolled back
        }
    }

    /// <summary>Gives up what was changed, added and raised since the last save.</summary>
    public void Discard()
    {
#pragma warning disable RS0030 // this is what to use instead
        ChangeTracker.Clear();
#pragma warning restore RS0030
        _raised.Clear();
    }

    public override void Dispose()
    {
        End();
        base.Dispose();
    }

    public override ValueTask DisposeAsync()
    {
        End();
        return base.DisposeAsync();
    }

    /// <summary>Binds a leased context to its scope.</summary>
    internal PlatformDbContext Begin(CallerScope scope, UnitOfWorkServices work)
    {
        (_scope, _work) = (scope, work);
        Database.AutoSavepointsEnabled = false; // nobody goes on inside a transaction after a failed save
        Database.AutoTransactionBehavior = AutoTransactionBehavior.Always; // also for one statement: on SQLite transactions have a session of their own
        return this;
    }

    public override int SaveChanges(bool acceptAllChangesOnSuccess) => throw new NotSupportedException("Use SaveChangesAsync.");

    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        ChangeTracker.DetectChanges();
        ChangeTracker.AutoDetectChangesEnabled = false; // found them just now; once is enough
        try
        {
            if (CheckChanges())
                return await SaveAsync(acceptAllChangesOnSuccess, cancellationToken);
            return _raised.Count == 0 ? 0 : await SaveEventsAsync(cancellationToken);
        }
        finally
        {
            ChangeTracker.AutoDetectChangesEnabled = true;
        }
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        if (Database.IsSqlite())
        {
            configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UnixMicrosecondsConverter>();
            configurationBuilder.Properties<Guid>().HaveConversion<GuidTextConverter>();
        }
        else
        {
            configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcMillisecondsConverter>();
        }
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(PlatformDbContext).Assembly);
        ModelConventions.IgnoreValues(modelBuilder);
        ModelConventions.Apply(modelBuilder, Database.IsSqlite());
        AddTenantFilters(modelBuilder);
    }

    private void End()
    {
        (_scope, _work, _actingAs, _workflows, _audited) = (null, null, null, false, false);
        _raised.Clear();
        _uncommitted.Clear();
    }

    /// <summary>False when no row has changed; events may have been raised all the same.</summary>
    private bool CheckChanges()
    {
        var any = false;
        foreach (var entry in ChangeTracker.Entries())
        {
            if (entry.State is EntityState.Unchanged or EntityState.Detached)
                continue;
            any = true;
            CheckChange(entry);
        }

        return any;
    }

    private void CheckChange(EntityEntry entry)
    {
        switch (entry.Entity)
        {
            case PlatformEvent when entry.State == EntityState.Added:
                throw new InvalidOperationException("Events are raised, not added.");
            case WorkflowMessage when entry.State == EntityState.Added:
                _workflows = true;
                return;
            case AuditEntry when entry.State == EntityState.Added:
                _audited = true;
                return;
            case PlatformEvent:
                PlatformEvent.CheckImmutable(entry);
                break;
        }

        TenantGuard.Check(Caller, entry);
    }

    private async Task<int> SaveEventsAsync(CancellationToken ct)
    {
        if (!Database.IsSqlite() || Database.CurrentTransaction is not null)
            return await InTransactionAsync(() => SaveWithEventsAsync(acceptAll: true, ct), ct);

        ct.ThrowIfCancellationRequested();
        PlatformEvent[] events = [.. _raised];
        await Work.EventGroup.CommitAsync(this, events);
        _raised.Clear();
        return events.Length;
    }

    private async Task<int> SaveAsync(bool acceptAll, CancellationToken ct)
    {
        if (_raised.Count > 0)
            return await InTransactionAsync(() => SaveWithEventsAsync(acceptAll, ct), ct);
        if (Database.CurrentTransaction is not null)
            return await base.SaveChangesAsync(acceptAll, ct);

        using var turn = await Work.Writes.EnterAsync(ct);
        var saved = await base.SaveChangesAsync(acceptAll, ct);
        TellOfCommit();
        return saved;
    }

    /// <summary>Events are no business of EF's; see <see cref="EventAppender"/>. If this fails they stay raised: whoever tries again stores them too.</summary>
    private async Task<int> SaveWithEventsAsync(bool acceptAll, CancellationToken ct)
    {
        var rows = await base.SaveChangesAsync(acceptAll, ct);
        await Work.EventAppender.AppendAsync(this, _raised, ct);
        rows += _raised.Count;
        _uncommitted.AddRange(_raised);
        _raised.Clear();
        return rows;
    }

    private void TellOfCommit()
    {
        Work.AfterCommit.Tell(_uncommitted, _workflows);
        if (_audited)
            Work.Audit.Work.Set();
        (_workflows, _audited) = (false, false);
    }

    private sealed class Restore(PlatformDbContext db, Caller? before) : IDisposable
    {
        public void Dispose() => db._actingAs = before;
    }
}
