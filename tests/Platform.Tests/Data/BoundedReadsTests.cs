using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

using Platform.Data;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Data;

public sealed class BoundedReadsTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    private const string Endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT count(*) AS \"Value\" FROM n";
    private static readonly Error Late = new(ErrorKind.Unavailable, "test.late", "late");

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Read_ThatTakesTooLong_IsCutOffAndTheConnectionGoesOn(Db kind)
    {
        await using var database = await CreateAsync(kind);
        await using var scope = database.As(Caller.Platform);
        var clock = new FakeTimeProvider();
        var started = new TaskCompletionSource();

        var read = Task.Run(() => scope.Db.ReadWithinAsync<int>(TimeSpan.FromSeconds(10), Late, clock, async ct =>
        {
            started.SetResult();
            return await scope.Db.Database.SqlQueryRaw<int>(Endless).SingleAsync(ct);
        }, CancellationToken.None));
        await started.Task;
        clock.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(Late, (await read.WaitAsync(TimeSpan.FromSeconds(30))).Error);
        Assert.Equal(0, await scope.Db.Events.CountAsync());
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Read_WhoseCallerLeaves_IsCancelled(Db kind)
    {
        await using var database = await CreateAsync(kind);
        await using var scope = database.As(Caller.Platform);
        using var gone = new CancellationTokenSource();
        var started = new TaskCompletionSource();

        var read = Task.Run(() => scope.Db.ReadWithinAsync<int>(TimeSpan.FromSeconds(10), Late, new FakeTimeProvider(), async ct =>
        {
            started.SetResult();
            return await scope.Db.Database.SqlQueryRaw<int>(Endless).SingleAsync(ct);
        }, gone.Token));
        await started.Task;
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    private async Task<TestDatabase> CreateAsync(Db kind) =>
        kind == Db.Sqlite ? await TestDatabase.CreateAsync() : await TestDatabase.CreatePostgresAsync(await postgres.CreateMigratedDatabaseAsync());
}
