using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Events;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Data;

public sealed class ExpiredRowsTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task DeleteAsync_MoreRowsThanABatch_TakesTheExpiredOnesOnly(Db provider)
    {
        await using var database = await CreateAsync(provider);
        var now = database.Clock.GetUtcNow();
        const int old = (2 * ExpiredRows.Batch) + 7;
        await AddOffsetsAsync(database, old, now.AddDays(-91), "old");
        await AddOffsetsAsync(database, 5, now.AddDays(-89), "new");

        Assert.Equal(old, await database.Get<EventSweep>().DeleteOldOffsetsAsync(CancellationToken.None));

        await using var scope = database.As(Caller.Platform);
        Assert.Equal(5, await scope.Db.ConsumerOffsets.CountAsync(offset => offset.AggregateId.StartsWith("new")));
        Assert.Equal(5, await scope.Db.ConsumerOffsets.CountAsync());
    }

    [Fact]
    public async Task DeleteAsync_BeforeTheDatabaseIsReady_DoesNothing()
    {
        await using var database = await TestDatabase.CreateAsync(migrate: false);

        Assert.Equal(0, await database.Get<EventSweep>().DeleteOldOffsetsAsync(CancellationToken.None));
    }

    private async Task<TestDatabase> CreateAsync(Db provider) => provider == Db.Postgres
        ? await TestDatabase.CreatePostgresAsync(await postgres.CreateMigratedDatabaseAsync())
        : await TestDatabase.CreateAsync();

    private static async Task AddOffsetsAsync(TestDatabase database, int count, DateTimeOffset updated, string prefix)
    {
        await using var scope = database.As(Caller.Platform);
        scope.Db.AddRange(Enumerable.Range(0, count).Select(i => new ConsumerOffset { Consumer = "test", AggregateId = $"{prefix}-{i}", Sequence = i, UpdatedAt = updated }));
        await scope.Db.SaveChangesAsync();
    }
}
