using System.Net;
using System.Text.Json;

using Platform.Tests.Admin;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

using static Platform.Tests.Events.EventLab;

namespace Platform.Tests.Events;

/// <summary>Counts of events and the aggregation pipeline, through HTTP.</summary>
public abstract class EventFigureTests(PlatformApp app)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 20, 10, 30, 0, TimeSpan.Zero);

    [Fact]
    public async Task Statistics_CountByTypeServiceAndHour()
    {
        var (user, other) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        await app.StoreAsync(
            Draft(user.Id, "execution_accepted", at: Start), Draft(user.Id, "execution_queued", at: Start.AddMinutes(29).AddSeconds(59)),
            Draft(user.Id, "execution_queued", service: "another", at: Start.AddMinutes(90)), Draft(user.Id, at: Start.AddHours(-1)), Draft(user.Id, at: Start.AddHours(3)),
            Draft(other.Id, "execution_queued", at: Start));

        var counted = await user.Client.ReadAsync($"{Route}/statistics?start_time=2026-01-20T10:30:00Z&end_time=2026-01-20T12:30:00&include_all_users=true");

        Assert.Equal("""{"total_events":3,"events_by_type":{"execution_accepted":1,"execution_queued":2},"events_by_service":{"another":1,"execution-service":2},"events_by_hour":[{"hour":"2026-01-20 10:00","count":2},{"hour":"2026-01-20 12:00","count":1}],"start_time":"2026-01-20T10:30:00.000Z","end_time":"2026-01-20T12:30:00.000Z"}""", counted.GetRawText());
        var op = await app.OperatorAsync();
        var all = await op.Client.ReadAsync($"{Route}/statistics?start_time=2026-01-20T10:30:00Z&end_time=2026-01-20T10:30:00Z&include_all_users=true");
        Assert.True(all.GetProperty("total_events").GetInt32() >= 2);
        Assert.Equal(0, (await op.Client.ReadAsync($"{Route}/statistics?start_time=2026-01-20T10:30:00Z&end_time=2026-01-20T10:30:00Z")).GetProperty("total_events").GetInt32());
        var today = await user.Client.ReadAsync($"{Route}/statistics"); // the last 24 hours, to which the registration belongs
        Assert.Equal(1, today.GetProperty("events_by_type").GetProperty("user_registered").GetInt32());
        await user.Client.GetAsync($"{Route}/statistics?start_time=2999-01-01", HttpStatusCode.UnprocessableEntity);
        await user.Client.GetAsync($"{Route}/statistics?start_time=2026-01-02&end_time=2026-01-01", HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Types_AreThoseOfVisibleEvents()
    {
        var user = await app.CreateUserAsync();
        await app.StoreAsync(Draft(user.Id, "pod_created"), Draft(user.Id, "execution_queued"), Draft(user.Id, "pod_created"), Draft(null, "execution_failed"));
        var op = await app.OperatorAsync();

        string[] own = [.. (await user.Client.ReadAsync($"{Route}/types")).EnumerateArray().Select(type => type.GetString()!)];
        string[] all = [.. (await op.Client.ReadAsync($"{Route}/types")).EnumerateArray().Select(type => type.GetString()!)];

        Assert.Equal(["execution_queued", "pod_created", "user_logged_in", "user_registered"], own.Where(type => type != "rate_limit_exceeded" && !type.Contains('.')));
        Assert.Equal(own.Order(StringComparer.Ordinal), own);
        Assert.Contains("execution_failed", all);
        Assert.Empty(own.Except(all));
    }

    [Fact]
    public async Task Aggregate_MatchAndGroupByType_EqualsTheStatistics()
    {
        var user = await app.CreateUserAsync();
        await new ExecutionClient(user).RunAsync("print(1)");
        await new ExecutionClient(user).RunAsync("1/0");
        await Until.TrueAsync(async () => Count(await user.Client.ReadAsync($"{Route}/statistics"), "saga_completed") + Count(await user.Client.ReadAsync($"{Route}/statistics"), "saga_failed") >= 2, "both sagas have ended");
        var op = await app.OperatorAsync();
        var (from, to) = (DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow);

        var statistics = await user.Client.ReadAsync($"{Route}/statistics?start_time={from:yyyy-MM-dd'T'HH:mm:ss.fff}Z&end_time={to:yyyy-MM-dd'T'HH:mm:ss.fff}Z");
        var groups = await AggregateAsync(
            op,
            new Dictionary<string, object> { ["$match"] = new Dictionary<string, object> { ["metadata.user_id"] = user.Id, ["timestamp"] = new Dictionary<string, object> { ["$gte"] = from, ["$lte"] = to } } },
            new Dictionary<string, object> { ["$group"] = new Dictionary<string, object> { ["_id"] = "$event_type", ["n"] = new Dictionary<string, object> { ["$sum"] = 1 } } },
            new Dictionary<string, object> { ["$sort"] = new Dictionary<string, object> { ["_id"] = 1 } });

        var expected = statistics.GetProperty("events_by_type").EnumerateObject().Select(type => (type.Name, type.Value.GetInt32())).ToList();
        Assert.Equal(expected, groups.EnumerateArray().Select(group => (group.Text("_id"), group.GetProperty("n").GetInt32())));
        Assert.True(expected.Count > 10);
        Assert.All(groups.EnumerateArray(), group => Assert.Equal("_id", group.EnumerateObject().First().Name));
    }

    [Fact]
    public async Task Aggregate_WhatIsNotAllowed_IsRefusedByName()
    {
        var op = await app.OperatorAsync();
        foreach (var (stage, named) in new[]
        {
            ("""{"$match":{"$where":"1"}}""", "$where"), ("""{"$lookup":{}}""", "$lookup"), ("""{"$out":"x"}""", "$out"), ("""{"$merge":{}}""", "$merge"),
            ("""{"$group":{"_id":null,"x":{"$accumulator":{}}}}""", "$accumulator"), ("""{"$addFields":{"x":{"$function":{}}}}""", "$function"), ("""{"$project":{"x":{"$literal":1}}}""", "$literal"),
        })
        {
            var refused = await op.Client.PostAsync($"{Route}/aggregate", JsonSerializer.Deserialize<JsonElement>($$"""{"pipeline":[{"$limit":1},{{stage}}]}"""), HttpStatusCode.UnprocessableEntity);
            var problem = refused.GetProperty("detail")[0];
            Assert.Contains($"'{named}'", problem.Text("msg"), StringComparison.Ordinal);
            Assert.Equal("""["body","pipeline",1]""", problem.GetProperty("loc").GetRawText());
        }

        foreach (var body in (string[])["""{"pipeline":[]}""", """{"pipeline":[{"$limit":1}],"limit":1001}""", "{}", """{"pipeline":{}}""", """{"pipeline":["$limit"]}""", """{"pipeline":[{"$limit":0}]}"""])
            await op.Client.PostAsync($"{Route}/aggregate", JsonSerializer.Deserialize<JsonElement>(body), HttpStatusCode.UnprocessableEntity);
        var user = await app.CreateUserAsync();
        await user.Client.PostAsync($"{Route}/aggregate", new { pipeline = new[] { new Dictionary<string, object> { ["$limit"] = 1 } } }, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task AdminStats_CountTheLastHours()
    {
        var op = await app.OperatorAsync();
        var user = await app.CreateUserAsync();
        await new ExecutionClient(user).RunAsync("print(1)");
        await app.StoreAsync(Enumerable.Range(0, 300).Select(_ => Draft(user.Id, "system_error")));

        var counted = await op.Client.ReadAsync($"{AdminRoute}/stats?hours=1");

        Assert.True(counted.GetProperty("events_by_type").EnumerateObject().Count() <= 10);
        Assert.Equal("system_error", counted.GetProperty("events_by_type").EnumerateObject().First().Name);
        Assert.Equal(counted.GetProperty("total_events").GetInt32(), counted.GetProperty("events_by_hour").EnumerateArray().Sum(hour => hour.GetProperty("count").GetInt32()));
        var top = counted.GetProperty("top_users")[0];
        Assert.Equal(user.Id, top.GetProperty("user_id").GetGuid());
        Assert.True(top.GetProperty("event_count").GetInt32() > 300);
        Assert.InRange(counted.GetProperty("error_rate").GetDouble(), 10, 100);
        Assert.True(counted.GetProperty("avg_processing_time").GetDouble() >= 0);
        foreach (var hours in (string[])["0", "169", "x"])
            await op.Client.GetAsync($"{AdminRoute}/stats?hours={hours}", HttpStatusCode.UnprocessableEntity);
        await user.Client.GetAsync($"{AdminRoute}/stats", HttpStatusCode.Forbidden);
    }

    private static int Count(JsonElement statistics, string type) => statistics.GetProperty("events_by_type").TryGetProperty(type, out var count) ? count.GetInt32() : 0;

    private static Task<JsonElement> AggregateAsync(TestUser op, params object[] pipeline) => op.Client.PostAsync($"{Route}/aggregate", new { pipeline });
}

public sealed class EventFigureOnSqliteTests(SqliteApp fixture) : EventFigureTests(fixture.App), IClassFixture<SqliteApp>;

public sealed class EventFigureOnPostgresTests(PostgresApp fixture) : EventFigureTests(fixture.App), IClassFixture<PostgresApp>;
