using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

using Moq;

using Npgsql;

using Platform.Data;
using Platform.Events;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Data;

public sealed class MigrationTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Migrate_LockRowOfAKilledProcess_DoesNotHoldUpTheNextStart()
    {
        await using var database = await TestDatabase.CreateAsync(migrate: false);
        await using (var scope = database.As(Caller.Platform))
        {
            await scope.Db.Database.ExecuteSqlRawAsync("""CREATE TABLE "__EFMigrationsLock" ("Id" INTEGER NOT NULL CONSTRAINT "PK___EFMigrationsLock" PRIMARY KEY, "Timestamp" TEXT NOT NULL)""");
            await scope.Db.Database.ExecuteSqlRawAsync("""INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-01-01 00:00:00')""");
        }

        await database.Get<DatabaseMigrator>().MigrateAsync(CancellationToken.None).WaitAsync(Bound);
        Assert.True(database.Get<DatabaseReady>().IsReady);
    }

    [Fact]
    public async Task Migrate_ManyProcessesAtOnceOnPostgres_OneMigratesAndAllGetReady()
    {
        var connection = await postgres.CreateDatabaseAsync();
        var nodes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => TestDatabase.CreatePostgresAsync(connection, migrate: false)));
        await Task.WhenAll(nodes.Select(n => Task.Run(() => n.Get<DatabaseMigrator>().MigrateAsync(CancellationToken.None)))).WaitAsync(Bound);
        foreach (var node in nodes)
        {
            await using var scope = node.As(Caller.Platform);
            Assert.Equal(2, await scope.Db.Set<RelayState>().CountAsync());
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task Migrate_NodeDiesInTheMiddleOnPostgres_DoesNotHoldUpTheNextStart()
    {
        var connection = await postgres.CreateDatabaseAsync();
        await using var database = await TestDatabase.CreatePostgresAsync(connection, migrate: false);
        var dying = new NpgsqlConnection(connection + ";Pooling=false");
        await dying.OpenAsync();
        await using (var command = dying.CreateCommand())
        {
            command.CommandText = $"SELECT pg_advisory_lock({DatabaseMigrator.PostgresLock})";
            await command.ExecuteNonQueryAsync();
        }

        var migrating = database.Get<DatabaseMigrator>().MigrateAsync(CancellationToken.None);
        await Until.TrueAsync(() => WaitsForTheLockAsync(connection), "the migration waits for the other node");
        await dying.DisposeAsync(); // its session ends, as when its process dies
        await migrating.WaitAsync(Bound);
    }

    [Fact]
    public async Task Startup_DatabaseAwayAtFirst_GetsReadyOnceItIsThere()
    {
        var connection = await postgres.CreateDatabaseAsync();
        var lifetime = new Mock<IHostApplicationLifetime>();
        lifetime.SetupGet(l => l.ApplicationStarted).Returns(new CancellationToken(canceled: true));
        var name = new NpgsqlConnectionStringBuilder(connection).Database!;
        await using var database = await TestDatabase.CreatePostgresAsync(connection.Replace(name, name + "_later"), s => s.AddSingleton(lifetime.Object), migrate: false);
        var startup = database.Services.GetServices<IHostedService>().OfType<DatabaseStartup>().Single();
        await startup.StartAsync(CancellationToken.None);
        var ready = database.Get<DatabaseReady>();
        await Until.TrueAsync(() => ready.LastFailure is not null, "the first attempt fails");
        Assert.False(ready.IsReady);

        await using (var admin = new NpgsqlConnection(connection))
        {
            await admin.OpenAsync();
            await using var command = admin.CreateCommand();
            command.CommandText = $"CREATE DATABASE {name}_later";
            await command.ExecuteNonQueryAsync();
        }

        await Until.TrueAsync(
            () =>
            {
                database.Clock.Advance(TimeSpan.FromSeconds(2));
                return ready.IsReady;
            },
            "the next attempt migrates");
        await startup.StopAsync(CancellationToken.None);
    }

    private static async Task<bool> WaitsForTheLockAsync(string connection)
    {
        await using var admin = new NpgsqlConnection(connection);
        await admin.OpenAsync();
        await using var command = admin.CreateCommand();
        command.CommandText = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        return (long)(await command.ExecuteScalarAsync())! > 0;
    }
}
