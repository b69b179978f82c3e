using System.Text.Json;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Executions;

public sealed class ExecutionConcurrencyTests
{
    private const int Limit = 2;

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Execute_FifteenWithALimitOfTwo_NeverRunsMoreAndServesInOrder(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database, settings: ("SystemSettings:ExecutionLimits:MaxConcurrentExecutions", $"{Limit}"));
        var user = new ExecutionClient(await app.CreateUserAsync());
        List<Guid> ids = [];
        for (var i = 0; i < 15; i++)
            ids.Add(await user.StartAsync("import time; time.sleep(0.3)"));

        var mostSeen = 0;
        await Until.TrueAsync(async () =>
        {
            mostSeen = Math.Max(mostSeen, (await user.GetAsync("/api/v1/user/executions?status=running&limit=1")).GetProperty("total").GetInt32());
            return (await user.GetAsync("/api/v1/user/executions?status=completed&limit=1")).GetProperty("total").GetInt32() == ids.Count;
        }, "all have run", seconds: 60);
        var runs = (await user.GetAsync("/api/v1/user/executions?limit=200")).GetProperty("executions").EnumerateArray().Select(Run.From).OrderBy(run => run.Start).ToList();

        Assert.InRange(mostSeen, 1, Limit);
        Assert.All(runs, run => Assert.InRange(runs.Count(other => other.Start <= run.Start && run.Start < other.End), 1, Limit));
        Assert.Contains(runs, run => runs.Count(other => other.Start <= run.Start && run.Start < other.End) == Limit); // and it uses what it has
        for (var place = 0; place < runs.Count; place++)
            Assert.InRange(ids.IndexOf(runs[place].Id), place - Limit + 1, place + Limit - 1); // those that hold a slot together may start in either order
    }

    private sealed record Run(Guid Id, DateTimeOffset Start, DateTimeOffset End)
    {
        public static Run From(JsonElement view) =>
            new(view.GetProperty("execution_id").GetGuid(), view.GetProperty("started_at").GetDateTimeOffset(), view.GetProperty("completed_at").GetDateTimeOffset());
    }
}
