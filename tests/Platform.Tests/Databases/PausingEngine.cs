using Platform.Databases;

namespace Platform.Tests.Databases;

/// <summary>Where an attempt stands still.</summary>
public enum Moment
{
    Beginning,
    BeforeItsLastLook,
    AfterItsLastLook,
}

/// <summary>An engine on a node whose time stands still in the middle of an attempt, until it is told to go on.</summary>
internal sealed class PausingEngine(IDatabaseEngine inner, Moment moment) : IDatabaseEngine
{
    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _continue = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Arrived => _arrived.Task;

    public DatabaseEngine Kind => inner.Kind;

    public bool IsOffered => inner.IsOffered;

    public int DefaultMaxSizeMb => inner.DefaultMaxSizeMb;

    public BackupFormat BackupFormat => inner.BackupFormat;

    public void Continue() => _continue.SetResult();

    public async Task<Result<MadeDatabase>> CreateAsync(ManagedDatabase database, Func<CancellationToken, Task> ready, CancellationToken ct)
    {
        await StandStillAtAsync(Moment.Beginning);
        return await inner.CreateAsync(database, Paused(ready), ct);
    }

    public async Task<MadeDatabase> RestoreAsync(ManagedDatabase target, Stream backup, Func<CancellationToken, Task> ready, CancellationToken ct)
    {
        await StandStillAtAsync(Moment.Beginning);
        return await inner.RestoreAsync(target, backup, Paused(ready), ct);
    }

    public Task AbandonRestoreAsync(ManagedDatabase target, CancellationToken ct) => inner.AbandonRestoreAsync(target, ct);

    public Task RemoveAsync(Guid organizationId, Guid databaseId, CancellationToken ct) => inner.RemoveAsync(organizationId, databaseId, ct);

    public Task<bool> RenewPasswordAsync(ManagedDatabase database, CancellationToken ct) => throw new NotSupportedException();

    public Task<DatabaseConnection> DescribeAsync(ManagedDatabase database, bool reveal, CancellationToken ct) => throw new NotSupportedException();

    public Task<Error?> ApplyAsync(ManagedDatabase database, bool endSessions, CancellationToken ct) => throw new NotSupportedException();

    public void RemoveTenant(Guid organizationId) => throw new NotSupportedException();

    public Task<IReadOnlyDictionary<Guid, long>> MeasureAsync(IReadOnlyList<ManagedDatabase> databases, CancellationToken ct) => throw new NotSupportedException();

    public Task<Result<SqlOutcome>> RunAsync(ManagedDatabase database, SqlScript script, TimeSpan limit, CancellationToken ct) => throw new NotSupportedException();

    public Task<Result<Page<TableSummary>>> ListTablesAsync(ManagedDatabase database, TableFilter filter, CancellationToken ct) => throw new NotSupportedException();

    public Task<Result<TableDetail?>> FindTableAsync(ManagedDatabase database, string name, TableDetailQuery query, CancellationToken ct) => throw new NotSupportedException();

    public Task BackUpAsync(ManagedDatabase database, string path, CancellationToken ct) => throw new NotSupportedException();

    private Func<CancellationToken, Task> Paused(Func<CancellationToken, Task> ready) => async ct =>
    {
        await StandStillAtAsync(Moment.BeforeItsLastLook);
        await ready(ct);
        await StandStillAtAsync(Moment.AfterItsLastLook);
    };

    private Task StandStillAtAsync(Moment here)
    {
        if (here != moment)
            return Task.CompletedTask;
        _arrived.SetResult();
        return _continue.Task;
    }
}
