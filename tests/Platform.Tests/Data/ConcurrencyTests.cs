using Microsoft.EntityFrameworkCore;

using Platform.Events;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Data;

public sealed class ConcurrencyTests
{
    [Fact]
    public async Task SaveChanges_FiftyWritersOnSqlite_AllCommitWithoutBusyErrors()
    {
        await using var database = await TestDatabase.CreateAsync();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
                await CountUpAsync(database, writer % 5, i % 2 == 0);
        })));

        await using var scope = database.As(Caller.Platform);
        Assert.Equal(500, await scope.Db.ConsumerOffsets.SumAsync(o => o.Sequence));
    }

    // Reads before it writes: a deferred transaction would fail when it upgrades its lock.
    private static async Task CountUpAsync(TestDatabase database, int counter, bool explicitly)
    {
        await using var scope = database.As(Caller.Platform);
        await scope.Db.InTransactionAsync(
            async () =>
            {
                var row = await scope.Db.ConsumerOffsets.SingleOrDefaultAsync(o => o.Consumer == "c" && o.AggregateId == $"a{counter}");
                if (row is null)
                    scope.Db.ConsumerOffsets.Add(row = new ConsumerOffset { Consumer = "c", AggregateId = $"a{counter}" });
                row.Sequence++;
                if (explicitly)
                    await scope.Db.SaveChangesAsync();
                await scope.Db.SaveChangesAsync();
                return true;
            },
            CancellationToken.None);
    }

    [Fact]
    public async Task Connection_Sqlite_SyncsEveryCommitAndKeepsReferences()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var scope = database.As(Caller.Platform);
        Assert.Equal(2, await PragmaAsync(scope, "synchronous"));
        Assert.Equal(1, await PragmaAsync(scope, "foreign_keys"));
        await using var command = scope.Db.Database.GetDbConnection().CreateCommand();
        command.CommandText = "PRAGMA journal_mode";
        Assert.Equal("wal", await command.ExecuteScalarAsync());
    }

    private static async Task<long> PragmaAsync(TestScope scope, string name)
    {
        await scope.Db.Database.OpenConnectionAsync();
        await using var command = scope.Db.Database.GetDbConnection().CreateCommand();
        command.CommandText = $"PRAGMA {name}";
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
