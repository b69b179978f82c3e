using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Health;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Health;

public sealed class SqliteHealthProberTests : HealthProberTests
{
    protected override bool NumbersAtOnce => true;

    protected override Task<TestDatabase> CreateDatabaseAsync() => TestDatabase.CreateAsync();

    protected override IEnumerable<(Func<TestDatabase, Task> Break, Func<TestDatabase, Task> Mend)> Faults =>
    [
        (FillAsync, EmptyAsync),
        (database => ExecuteAsync(database, StorageFaults.MakeSqliteReadOnly), database => ExecuteAsync(database, StorageFaults.MakeSqliteWritable)),
    ];

    private static async Task FillAsync(TestDatabase database)
    {
        await ExecuteAsync(database, StorageFaults.FillSqlite);
        var refused = await Record.ExceptionAsync(async () =>
        {
            for (var row = 0; row < StorageFaults.MoreThanTheFreePages; row++)
            {
                await using var scope = database.As(Caller.Platform);
                scope.Db.Add(new HealthProbe { Id = Guid.CreateVersion7() });
                await scope.Db.SaveChangesAsync();
            }
        });
        Assert.True(refused is DbUpdateException or SqliteException, $"the file is not full: {refused}");
    }

    private static async Task EmptyAsync(TestDatabase database)
    {
        await ExecuteAsync(database, StorageFaults.EmptySqlite);
        await using var scope = database.As(Caller.Platform);
        await scope.Db.Set<HealthProbe>().ExecuteDeleteAsync();
    }

    // The faults are settings of a session, and one session has all transactions.
    private static Task ExecuteAsync(TestDatabase database, string pragma)
    {
        var pool = database.Get<DatabaseSettings>().Sqlite;
        var writer = pool.RentWriter(SqliteDurability.Full);
        StorageFaults.Execute(writer.Connection, pragma);
        pool.ReturnWriter(writer);
        return Task.CompletedTask;
    }
}

[Collection(PostgresServer.Collection)]
public sealed class PostgresHealthProberTests(PostgresServer server) : HealthProberTests
{
    protected override bool NumbersAtOnce => false;

    protected override async Task<TestDatabase> CreateDatabaseAsync() => await TestDatabase.CreatePostgresAsync(await server.CreateMigratedDatabaseAsync());

    protected override IEnumerable<(Func<TestDatabase, Task> Break, Func<TestDatabase, Task> Mend)> Faults =>
        [(database => SetReadOnlyAsync(database, true), database => SetReadOnlyAsync(database, false))];

    [Fact]
    public async Task DatabaseCheck_HealthyAgain_LeavesNoReadOnlySessionBehind()
    {
        await using var database = await CreateDatabaseAsync();
        var check = Check(database);
        Assert.True(await StoresAsync(check));
        await SetReadOnlyAsync(database, true);
        Assert.False(await StoresAsync(check)); // its session was cut off; that the database is read-only it does not get to see

        var settings = database.Get<DatabaseSettings>();
        await using (var busy = await settings.OpenAsync(default)) // opened while it is read-only, and in use while the check finds it healthy
        {
            await SetReadOnlyAsync(database, false);
            Assert.True(await StoresAsync(check));
        }

        for (var turn = 0; turn < 4; turn++) // the pool hands its sessions out in turn
        {
            await using var scope = database.As(Caller.Platform);
            scope.Db.Add(new HealthProbe { Id = Guid.CreateVersion7() });
            Assert.Equal(1, await scope.Db.SaveChangesAsync());
        }
    }

    private static Task SetReadOnlyAsync(TestDatabase database, bool readOnly) =>
        StorageFaults.SetPostgresReadOnlyAsync(database.Get<DatabaseSettings>().ConnectionString, readOnly, cutOff: readOnly);
}
