using System.IO.Compression;
using Microsoft.Extensions.Options;

namespace Platform.Databases;

/// <summary>The engine <c>sqlite</c>: a file per database, which this process opens (delivery.md §8.1).</summary>
public sealed class SqliteEngine(DatabaseFiles files, SqliteQueries sqlite, IOptions<DatabaseOptions> options) : IDatabaseEngine
{
    private const int Chunk = 64 * 1024;

    public DatabaseEngine Kind => DatabaseEngine.Sqlite;

    public bool IsOffered => true;

    public int DefaultMaxSizeMb => options.Value.SqliteMaxSizeMb;

    public BackupFormat BackupFormat => BackupFormat.Sqlite;

    public Task<bool> RenewPasswordAsync(ManagedDatabase database, CancellationToken ct) => Task.FromResult(false);

    public Task<DatabaseConnection> DescribeAsync(ManagedDatabase database, bool reveal, CancellationToken ct) => Task.FromResult<DatabaseConnection>(EmbeddedConnection.Instance);

    public async Task<Result<MadeDatabase>> CreateAsync(ManagedDatabase database, Func<CancellationToken, Task> ready, CancellationToken ct)
    {
        var staged = files.Stage(database);
        try
        {
            var made = await sqlite.InitializeAsync(database, staged, ct);
            if (!made.IsOk)
                return made.Error;
            await ready(ct);
            files.Replace(database, staged);
            return new MadeDatabase(made.Value, SqliteQueries.EngineVersion);
        }
        finally
        {
            DatabaseFiles.DeleteFile(staged);
        }
    }

    // Every handle is opened with the settings of its moment.
    public Task<Error?> ApplyAsync(ManagedDatabase database, bool endSessions, CancellationToken ct) => Task.FromResult<Error?>(null);

    public Task RemoveAsync(Guid organizationId, Guid databaseId, CancellationToken ct)
    {
        files.Delete(organizationId, databaseId);
        return Task.CompletedTask;
    }

    public void RemoveTenant(Guid organizationId) => files.DeleteFolder(organizationId);

    public Task<IReadOnlyDictionary<Guid, long>> MeasureAsync(IReadOnlyList<ManagedDatabase> databases, CancellationToken ct) =>
        Task.FromResult<IReadOnlyDictionary<Guid, long>>(databases.ToDictionary(database => database.Id, files.SizeOf));

    public Task<Result<SqlOutcome>> RunAsync(ManagedDatabase database, SqlScript script, TimeSpan limit, CancellationToken ct) => sqlite.RunAsync(database, script, limit, ct);

    public Task<Result<Page<TableSummary>>> ListTablesAsync(ManagedDatabase database, TableFilter filter, CancellationToken ct) =>
        sqlite.ReadAsync(database, catalog => catalog.List(filter), ct);

    public Task<Result<TableDetail?>> FindTableAsync(ManagedDatabase database, string name, TableDetailQuery query, CancellationToken ct) =>
        sqlite.ReadAsync(database, catalog => catalog.Find(name, query), ct);

    /// <summary>Copies the database as it is at one moment, checks the copy and compresses it.</summary>
    public async Task BackUpAsync(ManagedDatabase database, string path, CancellationToken ct)
    {
        var copy = $"{path}.db";
        try
        {
            DatabaseFiles.DeleteFile(copy);
            DatabaseFiles.CreateFile(copy);
            Demand(await sqlite.CopyAsync(database, copy, ct));
            Demand(await sqlite.CheckAsync(copy, ct));
            await using var source = File.OpenRead(copy);
            await using var target = File.OpenWrite(path);
            await using var zip = new GZipStream(target, CompressionLevel.Fastest);
            await source.CopyToAsync(zip, ct);
        }
        finally
        {
            DatabaseFiles.DeleteFile(copy);
        }
    }

    public async Task<MadeDatabase> RestoreAsync(ManagedDatabase target, Stream backup, Func<CancellationToken, Task> ready, CancellationToken ct)
    {
        var staged = files.Stage(target);
        try
        {
            await UnpackAsync(backup, staged, DatabaseFiles.BytesOf(target.MaxSizeMb), ct);
            var size = Demand(await sqlite.CheckAsync(staged, ct));
            await ready(ct);
            files.Replace(target, staged);
            return new MadeDatabase(size, SqliteQueries.EngineVersion);
        }
        catch (InvalidDataException)
        {
            throw new BackupException("The backup is no compressed database");
        }
        finally
        {
            DatabaseFiles.DeleteFile(staged);
        }
    }

    public Task AbandonRestoreAsync(ManagedDatabase target, CancellationToken ct)
    {
        files.DeleteStaged(target.Id);
        return Task.CompletedTask;
    }

    private static async Task UnpackAsync(Stream backup, string to, long limit, CancellationToken ct)
    {
        await using var zip = new GZipStream(backup, CompressionMode.Decompress);
        await using var target = File.OpenWrite(to);
        var buffer = new byte[Chunk];
        while (await zip.ReadAsync(buffer, ct) is > 0 and var read)
        {
            if (target.Length + read > limit)
                throw new BackupException(BackupErrors.TooLarge);
            await target.WriteAsync(buffer.AsMemory(0, read), ct);
        }
    }

    private static T Demand<T>(Result<T> result) => result.IsOk ? result.Value : throw new BackupException(result.Error.Message);
}
