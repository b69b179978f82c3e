using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Events;
using Platform.Tests.Admin;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;
using Platform.Tests.Identity;

namespace Platform.Tests.Replay;

/// <summary>Replays of chosen events and of one aggregate (executions.md §3.4, §3.9), and what they start.</summary>
public abstract class EventReplayApiTests(PlatformApp app)
{
    private const string Admin = "/api/v1/admin/events/replay";

    [Fact]
    public async Task Admin_DryRun_TellsWhatARealOneTakes()
    {
        var world = await ReplayWorld.OfAsync(app);
        var aggregate = Guid.CreateVersion7().ToString();
        var ids = await world.StoreAsync(aggregate, 0, 0, 0);

        var (_, dry) = await world.Http.CallAsync(HttpMethod.Post, Admin, new { aggregate_id = aggregate }, HttpStatusCode.OK);
        Assert.Equal((true, 3, "preview", JsonValueKind.Null), (dry.GetProperty("dry_run").GetBoolean(), dry.GetProperty("total_events").GetInt32(), Text(dry, "status"), dry.GetProperty("session_id").ValueKind));
        Assert.StartsWith("replay_", Text(dry, "replay_correlation_id"), StringComparison.Ordinal);
        Assert.Equal(ids, dry.GetProperty("events_preview").EnumerateArray().Select(e => e.GetProperty("event_id").GetGuid()));

        var (_, real) = await world.Http.CallAsync(HttpMethod.Post, Admin, new { event_ids = ids.Take(2), dry_run = false, target_service = "projections" }, HttpStatusCode.OK);
        Assert.Equal((false, 2, "scheduled"), (real.GetProperty("dry_run").GetBoolean(), real.GetProperty("total_events").GetInt32(), Text(real, "status")));
        var session = await world.UntilAsync(real.GetProperty("session_id").GetGuid(), "completed");
        Assert.Equal(ids.Take(2), await world.RepeatedAsync(session));
        Assert.Equal(("query", "kafka", Text(real, "replay_correlation_id")), (Text(session, "replay_type"), Text(session, "target"), Text(session, "correlation_id")));
        var progress = await world.ProgressAsync(session.GetProperty("session_id").GetGuid());
        Assert.Equal((100.0, 2, JsonValueKind.Null), (progress.GetProperty("progress_percentage").GetDouble(), progress.GetProperty("replayed_events").GetInt32(), progress.GetProperty("error").ValueKind));

        var (_, test) = await world.Http.CallAsync(HttpMethod.Post, Admin, new { aggregate_id = aggregate, dry_run = false }, HttpStatusCode.OK);
        Assert.Equal("test", Text(await world.UntilAsync(test.GetProperty("session_id").GetGuid(), "completed"), "target"));
    }

    [Fact]
    public async Task Admin_BadRequests_AreRefused()
    {
        var world = await ReplayWorld.OfAsync(app);
        Assert.Equal("Must specify at least one filter for replay", Text((await world.Http.CallAsync(HttpMethod.Post, Admin, new { }, HttpStatusCode.BadRequest)).Body, "detail"));
        Assert.Equal("Must specify at least one filter for replay", Text((await world.Http.CallAsync(HttpMethod.Post, Admin, new { event_ids = Array.Empty<Guid>() }, HttpStatusCode.BadRequest)).Body, "detail"));
        await world.Http.CallAsync(HttpMethod.Post, Admin, new { correlation_id = "of-nothing" }, HttpStatusCode.NotFound);
        await world.Http.CallAsync(HttpMethod.Post, Admin, new { correlation_id = "of-nothing", target_service = "somebody" }, HttpStatusCode.UnprocessableEntity);
        await world.Http.GetAsync($"{Admin}/{Guid.CreateVersion7()}/status", HttpStatusCode.NotFound);

        var aggregate = Guid.CreateVersion7().ToString();
        await world.StoreAsync(aggregate, new double[1001]);
        var dry = await world.Http.CallAsync(HttpMethod.Post, Admin, new { aggregate_id = aggregate }, HttpStatusCode.OK);
        Assert.Equal((1001, 100), (dry.Body.GetProperty("total_events").GetInt32(), dry.Body.GetProperty("events_preview").GetArrayLength()));
        var real = await world.Http.CallAsync(HttpMethod.Post, Admin, new { aggregate_id = aggregate, dry_run = false }, HttpStatusCode.BadRequest);
        Assert.Equal("Too many events to replay (1001). Maximum is 1000.", Text(real.Body, "detail"));
        Assert.Equal("Use a replay session", Text((await world.Http.CallAsync(HttpMethod.Post, $"/api/v1/events/replay/{aggregate}?dry_run=false", null, HttpStatusCode.BadRequest)).Body, "detail"));
    }

    [Fact]
    public async Task Aggregate_DryThenReal_RepeatsItsOriginalsInOrder()
    {
        var world = await ReplayWorld.OfAsync(app);
        var aggregate = Guid.CreateVersion7().ToString();
        var ids = await world.StoreAsync(aggregate, [.. new double[105]]);
        var path = $"/api/v1/events/replay/{aggregate}";

        var (_, dry) = await world.Http.CallAsync(HttpMethod.Post, path, null, HttpStatusCode.OK);
        Assert.Equal((true, 105, aggregate), (dry.GetProperty("dry_run").GetBoolean(), dry.GetProperty("event_count").GetInt32(), Text(dry, "aggregate_id")));
        Assert.Equal(["execution_queued"], dry.GetProperty("event_types").EnumerateArray().Select(type => type.GetString()));
        Assert.True(dry.GetProperty("start_time").GetDateTimeOffset() <= dry.GetProperty("end_time").GetDateTimeOffset());

        for (var round = 0; round < 2; round++) // what the first repeats the second leaves alone
        {
            var (_, real) = await world.Http.CallAsync(HttpMethod.Post, $"{path}?dry_run=false", null, HttpStatusCode.OK);
            Assert.Equal((false, 105), (real.GetProperty("dry_run").GetBoolean(), real.GetProperty("replayed_count").GetInt32()));
            var correlation = Text(real, "replay_correlation_id");
            Assert.Equal(ids, await app.InDatabaseAsync(db => db.Events.Where(e => e.CorrelationId == correlation).OrderBy(e => e.RowId).Select(e => e.ReplayOf!.Value).ToListAsync()));
        }

        Assert.Equal("No events found for aggregate nobody", Text((await world.Http.CallAsync(HttpMethod.Post, "/api/v1/events/replay/nobody", null, HttpStatusCode.NotFound)).Body, "detail"));
        await world.Http.CallAsync(HttpMethod.Post, $"{path}?target_service=somebody", null, HttpStatusCode.UnprocessableEntity);
        await (await app.CreateUserAsync()).Client.CallAsync(HttpMethod.Post, path, null, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Aggregate_OfAnEndedExecution_IsHistoryButForTheServiceThatIsNamed()
    {
        var world = await ReplayWorld.OfAsync(app);
        var user = await app.CreateUserAsync();
        var client = new ExecutionClient(user);
        var id = (await client.RunAsync("print(1)")).GetProperty("execution_id").GetGuid();
        await Until.TrueAsync(async () => await NotificationsAsync(client) == 1, "the user is told");
        await UntilAsync(client, id, "saga_completed");

        await world.Http.CallAsync(HttpMethod.Post, $"/api/v1/events/replay/{id}?dry_run=false", null, HttpStatusCode.OK);
        await world.Http.CallAsync(HttpMethod.Post, $"/api/v1/events/replay/{id}?dry_run=false&target_service=notification-service", null, HttpStatusCode.OK);

        await Until.TrueAsync(async () => await NotificationsAsync(client) > 1, "he is told again");
        Assert.Equal(2, await NotificationsAsync(client)); // the events of the first replay were before
        Assert.Equal(1, (await client.GetAsync("/api/v1/user/executions")).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Aggregate_OfARunningExecution_IsNotShownInItsStream()
    {
        var world = await ReplayWorld.OfAsync(app);
        var client = new ExecutionClient(await app.CreateUserAsync());
        var id = await client.StartAsync("import time\ntime.sleep(60)");
        using var stream = await EventStream.OpenAsync(client.Http, id);
        List<string> seen = [];
        while (seen is not [.., "execution_running"])
            seen.Add((await stream.NextAsync())!.Type);

        var (_, replayed) = await world.Http.CallAsync(HttpMethod.Post, $"/api/v1/events/replay/{id}?dry_run=false", null, HttpStatusCode.OK);
        Assert.True(replayed.GetProperty("replayed_count").GetInt32() > 5);
        await client.PostAsync($"/api/v1/{id}/cancel");
        seen.AddRange((await stream.ToEndAsync()).Select(message => message.Type));

        Assert.Single(seen, "execution_requested");
        Assert.Single(seen, "execution_running");
        Assert.Equal("result_stored", seen[^1]);
        Assert.Equal(2, (await client.EventTypesAsync(id)).Count(type => type == "execution_requested")); // the store has them
    }

    [Fact]
    public async Task Session_ForTheCoordinator_StartsANewExecutionOfTheOwner()
    {
        var world = await ReplayWorld.OfAsync(app);
        var user = await app.CreateUserAsync();
        var client = new ExecutionClient(user);
        var original = (await client.RunAsync(new { script = "import sys\nprint(sys.stdin.read() * 2)", stdin = "in" })).GetProperty("execution_id").GetGuid();
        await UntilAsync(client, original, "saga_completed");

        var session = await world.StartedAsync(new { replay_type = "execution", execution_id = original, target_service = "execution-coordinator", speed_multiplier = 100 });
        await world.UntilAsync(session, "completed");
        var progress = default(JsonElement);
        await Until.TrueAsync(
            async () => (progress = await world.ProgressAsync(session)).GetProperty("execution_results") is { } results && results.GetArrayLength() == 1 && Text(results[0], "status") == "completed",
            "the new execution has ended", seconds: 60);

        var started = progress.GetProperty("execution_results")[0];
        Assert.Equal("inin\n", Text(started, "output"));
        Assert.True(started.GetProperty("execution_time").GetDouble() > 0);
        var copy = started.GetProperty("execution_id").GetGuid();
        Assert.NotEqual(original, copy);
        Assert.Equal(original, (await client.ResultAsync(copy)).GetProperty("retried_from").GetGuid()); // the owner's
        Assert.Equal(2, (await client.GetAsync("/api/v1/user/executions")).GetProperty("total").GetInt32());
        Assert.Equal((0, 100.0), (progress.GetProperty("failed_events").GetInt32(), progress.GetProperty("progress_percentage").GetDouble()));

        await app.ChangeUserAsync(user.Id, found => found.Ban(null, "gone", DateTimeOffset.UtcNow));
        var refused = await world.UntilAsync(
            await world.StartedAsync(new { replay_type = "event_type", event_types = new[] { "execution_requested" }, user_id = user.Id, target_service = "execution-coordinator", speed_multiplier = 100 }), "completed");
        Assert.Equal((2, 0, 2), (refused.GetProperty("total_events").GetInt32(), refused.GetProperty("replayed_events").GetInt32(), refused.GetProperty("failed_events").GetInt32()));
        Assert.Equal("The execution's owner can no longer run executions there", Text(refused.GetProperty("errors")[0], "error"));
    }

    [Fact]
    public async Task Session_ThatStartsNothing_ShowsTheExecutionsOfItsEvents()
    {
        var world = await ReplayWorld.OfAsync(app);
        var client = new ExecutionClient(await app.CreateUserAsync());
        var id = (await client.RunAsync("print(1)")).GetProperty("execution_id").GetGuid();
        await UntilAsync(client, id, "saga_completed");

        var session = await world.StartedAsync(new { replay_type = "execution", execution_id = id, target = "test", speed_multiplier = 100 });
        await world.UntilAsync(session, "completed");

        var shown = Assert.Single((await world.ProgressAsync(session)).GetProperty("execution_results").EnumerateArray());
        Assert.Equal((id, "1\n", 0), (shown.GetProperty("execution_id").GetGuid(), Text(shown, "output"), shown.GetProperty("exit_code").GetInt32()));
    }

    private static Task UntilAsync(ExecutionClient client, Guid id, string type) =>
        Until.TrueAsync(async () => (await client.EventTypesAsync(id)).Contains(type), $"{type} is stored");

    private static async Task<int> NotificationsAsync(ExecutionClient client) => (await client.GetAsync("/api/v1/notifications")).GetProperty("total").GetInt32();

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}

public sealed class EventReplayApiOnSqliteTests(ReplaySqliteApp fixture) : EventReplayApiTests(fixture.App), IClassFixture<ReplaySqliteApp>;

public sealed class EventReplayApiOnPostgresTests(ReplayPostgresApp fixture) : EventReplayApiTests(fixture.App), IClassFixture<ReplayPostgresApp>;
