namespace Platform.Databases;

/// <summary>
/// What differs between the engines of managed databases. Everything that changes something may be called again after a crash, with the same outcome. Refusals are for
/// the database's users; a server that does not answer is <see cref="DatabaseErrors.ServerUnavailable"/> where a user waits, and throws in the background.
/// </summary>
public interface IDatabaseEngine
{
    DatabaseEngine Kind { get; }

    /// <summary>Whether this installation has it.</summary>
    bool IsOffered { get; }

    /// <summary>Mebibytes that a database may grow to when its maker does not say.</summary>
    int DefaultMaxSizeMb { get; }

    BackupFormat BackupFormat { get; }

    /// <summary>Gives a new database credentials, where the engine has some, or new ones; they hold from <see cref="CreateAsync"/> or <see cref="ApplyAsync"/> on.</summary>
    Task<bool> RenewPasswordAsync(ManagedDatabase database, CancellationToken ct);

    /// <summary>How clients reach it.</summary>
    /// <param name="reveal">With the password in clear.</param>
    Task<DatabaseConnection> DescribeAsync(ManagedDatabase database, bool reveal, CancellationToken ct);

    /// <summary>Makes the database and what its maker's SQL says beside the place where it belongs, and puts it there at one stroke, whatever was there before.</summary>
    /// <param name="ready">Throws when this attempt must not; called before the switch.</param>
    Task<Result<MadeDatabase>> CreateAsync(ManagedDatabase database, Func<CancellationToken, Task> ready, CancellationToken ct);

    /// <summary>Makes the row's settings hold on the database.</summary>
    /// <param name="endSessions">End the sessions of clients, since they came with an old password.</param>
    Task<Error?> ApplyAsync(ManagedDatabase database, bool endSessions, CancellationToken ct);

    /// <summary>Removes the database, as far as it is there.</summary>
    Task RemoveAsync(Guid organizationId, Guid databaseId, CancellationToken ct);

    /// <summary>Removes what is kept for an organization as a whole, which has no databases any more.</summary>
    void RemoveTenant(Guid organizationId);

    /// <summary>Bytes of each database that there is; sees to it that those which are too large do not grow further.</summary>
    Task<IReadOnlyDictionary<Guid, long>> MeasureAsync(IReadOnlyList<ManagedDatabase> databases, CancellationToken ct);

    Task<Result<SqlOutcome>> RunAsync(ManagedDatabase database, SqlScript script, TimeSpan limit, CancellationToken ct);

    Task<Result<Page<TableSummary>>> ListTablesAsync(ManagedDatabase database, TableFilter filter, CancellationToken ct);

    /// <summary>Null when there is no such table or view.</summary>
    Task<Result<TableDetail?>> FindTableAsync(ManagedDatabase database, string name, TableDetailQuery query, CancellationToken ct);

    /// <summary>Writes the database as it is at one moment into an empty file, in <see cref="BackupFormat"/>; throws when it cannot.</summary>
    Task BackUpAsync(ManagedDatabase database, string path, CancellationToken ct);

    /// <summary>
    /// Puts a backup in the place of the database, or where none is yet, at one stroke; a <see cref="BackupException"/> is the backup's fault. Whenever it fails all is as it was.
    /// </summary>
    /// <param name="ready">Ends the queries that run on the database in this process and throws when this attempt must not switch; called before the switch.</param>
    Task<MadeDatabase> RestoreAsync(ManagedDatabase target, Stream backup, Func<CancellationToken, Task> ready, CancellationToken ct);

    /// <summary>Removes what the attempts of a restore that failed for good have left, so that the old database serves again.</summary>
    Task AbandonRestoreAsync(ManagedDatabase target, CancellationToken ct);
}

/// <summary>A database that was made or restored.</summary>
public sealed record MadeDatabase(DatabaseSize Size, string EngineVersion);
