using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

using Platform.Identity;

namespace Platform.Data;

/// <summary>Brings the schema up to date, one process at a time, and opens <see cref="DatabaseReady"/>.</summary>
public sealed class DatabaseMigrator(IServiceScopeFactory scopes, DatabaseSettings settings, DatabaseReady ready, TimeProvider clock, ILogger<DatabaseMigrator> log)
{
    internal const long PostgresLock = 0x706C6174666F726D; // "platform"
    private static readonly TimeSpan FileLockPause = TimeSpan.FromMilliseconds(100);

    public async Task MigrateAsync(CancellationToken ct)
    {
        await using (settings.IsSqlite ? await LockFileAsync(ct) : await LockPostgresAsync(ct))
        {
            await using var scope = scopes.CreateScopeFor(Caller.Platform);
            var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
            if (settings.IsSqlite)
                await PrepareSqliteAsync(db, ct);
            var pending = (await db.Database.GetPendingMigrationsAsync(ct)).ToList();
            if (pending.Count > 0)
                await db.Database.MigrateAsync(ct);
            log.LogInformation("Database is up to date; {Count} migrations applied", pending.Count);
        }

        ready.Open();
    }

    // EF's own SQLite lock is a row that survives a killed process and would make every later start wait for ever. The operating system's file lock
    // dies with the process, and under it any row found is a dead one's.
    private static async Task PrepareSqliteAsync(PlatformDbContext db, CancellationToken ct)
    {
        await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL", ct);
        var lockTables = await db.Database.SqlQueryRaw<int>("SELECT count(*) AS \"Value\" FROM sqlite_master WHERE name = '__EFMigrationsLock'").SingleAsync(ct);
        if (lockTables > 0)
            await db.Database.ExecuteSqlRawAsync("DELETE FROM \"__EFMigrationsLock\"", ct);
    }

    private async Task<IAsyncDisposable> LockFileAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                return new FileStream(settings.SqliteFile + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException))
            {
                await Task.Delay(FileLockPause, clock, ct);
            }
        }
    }

    // A session lock: the server releases it when the connection ends, however it ends.
    private async Task<IAsyncDisposable> LockPostgresAsync(CancellationToken ct)
    {
        var connection = await settings.OpenSessionAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT pg_advisory_lock({PostgresLock})";
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(ct);
        return connection;
    }
}
