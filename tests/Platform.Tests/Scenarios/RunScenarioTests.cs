using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

using Platform.Tests.Admin;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Scenarios;

/// <summary>Acceptance scenarios of executions.md §8: what a script's owner sees of its run.</summary>
[Collection(ScenarioWorlds.Collection)]
public sealed class RunScenarioTests(ScenarioWorlds worlds)
{
    private const string Slow = "import time\nfor i in range(4):\n  print('line', i, flush=True)\n  time.sleep(0.15)";

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Scenario01_RegisterToResult_LeavesSagaAndNotification(Db db)
    {
        var world = await worlds.GetAsync(db);
        var name = $"first-{Guid.CreateVersion7():N}"[..20];
        using var registered = await world.First.Anonymous.PostAsJsonAsync("/api/v1/auth/register", new { username = name, email = $"{name}@example.com", password = PlatformApp.Password });
        Assert.Equal(HttpStatusCode.Created, registered.StatusCode);
        using var login = await world.Second.Anonymous.PostAsync("/api/v1/auth/login", PlatformApp.LoginForm(name, PlatformApp.Password));
        var session = await login.JsonAsync();
        var token = session.Text("access_token");
        var account = new TestUser((await registered.JsonAsync()).GetProperty("user_id").GetGuid(), name, token, session.Text("csrf_token"), world.First.WithToken(token));
        var user = new ExecutionClient(account);

        var id = await user.StartAsync("print(1)");
        using var stream = await EventStream.OpenAsync(user.Http, id);
        var messages = await stream.ToEndAsync();

        Assert.Equal("text/event-stream; charset=utf-8", stream.Response.Content.Headers.ContentType!.ToString());
        Assert.Equal(["connected", "status"], messages.Take(2).Select(message => message.Type));
        Assert.Equal("result_stored", messages[^1].Type);
        var told = messages[^1].Data.GetProperty("result");
        Assert.Equal(("completed", "1\n", 0), (told.Text("status"), told.Text("output"), told.GetProperty("exit_code").GetInt32()));
        Assert.True(told.GetProperty("resource_usage").GetProperty("execution_time_wall_seconds").GetDouble() > 0);
        Assert.Equal(told.GetRawText(), (await user.ResultAsync(id)).GetRawText());
        Assert.Equal(told.GetRawText(), (await new ExecutionClient(world.There(account)).ResultAsync(id)).GetRawText());

        var saga = Assert.Single((await user.GetAsync($"/api/v1/sagas/execution/{id}")).GetProperty("sagas").EnumerateArray());
        Assert.Equal("completed", saga.Text("state"));
        Assert.Equal(["validate_execution", "allocate_resources", "queue_execution", "create_pod", "monitor_execution"], saga.GetProperty("completed_steps").EnumerateArray().Select(step => step.GetString()));
        await Until.TrueAsync(async () => (await user.GetAsync("/api/v1/notifications")).GetProperty("total").GetInt32() > 0, "the notification is there");
        var notification = Assert.Single((await user.GetAsync("/api/v1/notifications")).GetProperty("notifications").EnumerateArray());
        Assert.Equal(("execution_completed", "in_app", $"Execution Completed: {id}"), (notification.Text("notification_type"), notification.Text("channel"), notification.Text("subject")));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Scenario04_EndlessLoopWithAMaximumOfOneSecond_TimesOutAndLeavesNoProcess(Db db)
    {
        var world = await worlds.GetAsync(db);
        var (user, chief) = (new ExecutionClient(await world.First.CreateUserAsync()), await world.First.OperatorAsync());
        var mark = $"mark-{Guid.NewGuid():N}";
        JsonElement result;
        await chief.Client.CallAsync(HttpMethod.Put, "/api/v1/admin/settings/", new { execution_limits = new { max_timeout_seconds = 1 } }, HttpStatusCode.OK);
        try
        {
            result = await user.RunAsync(new { script = "import os\nprint('before', flush=True)\nos.fork()\nwhile True: pass", args = new[] { mark } });
        }
        finally
        {
            await chief.Client.CallAsync(HttpMethod.Post, "/api/v1/admin/settings/reset", null, HttpStatusCode.OK);
        }

        Assert.Equal(("timeout", "timeout", -1, "before\n"), (result.Text("status"), result.Text("error_type"), result.GetProperty("exit_code").GetInt32(), result.Text("output")));
        Assert.Equal(1, result.GetProperty("timeout_seconds").GetInt32());
        Assert.InRange((result.GetProperty("completed_at").GetDateTimeOffset() - result.GetProperty("started_at").GetDateTimeOffset()).TotalSeconds, 0.9, 3);
        Assert.Empty(HostProcesses.With(mark));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Scenario07_StreamDroppedAgainAndAgain_HasNoGapAndNoRepetition(Db db)
    {
        var world = await worlds.GetAsync(db);
        var account = await world.First.CreateUserAsync();
        ExecutionClient[] nodes = [new(account), new(world.There(account))];
        var id = await nodes[0].StartAsync(Slow);
        List<(string Id, string Type, string EventId)> seen = [];
        string? last = null;
        for (var drops = 0; seen is not [.., (_, "result_stored", _)]; drops++)
        {
            using var stream = await EventStream.OpenAsync(nodes[drops % 2].Http, id, last);
            Assert.Equal(HttpStatusCode.OK, stream.Status);
            var upTo = seen.Count + 1 + (drops % 3);
            while (seen.Count < upTo && await stream.NextAsync() is { } message)
            {
                if (message.Id is null)
                    continue;
                seen.Add((message.Id, message.Type, message.Data.Text("event_id")));
                last = message.Id;
            }
        }

        var stored = (await nodes[0].GetAsync($"/api/v1/executions/{id}/events?limit=1000")).EnumerateArray()
            .Select(found => (Type: found.Text("event_type"), EventId: found.Text("event_id")))
            .Where(found => IsShown(found.Type)).TakeWhile(found => found.Type != "pod_deleted").ToList();
        Assert.Equal(stored, seen.Select(message => (message.Type, message.EventId)));
        Assert.Equal(seen.Select(message => long.Parse(message.Id)).Distinct().Order(), seen.Select(message => long.Parse(message.Id)));
        foreach (var node in nodes)
        {
            using var over = await EventStream.OpenAsync(node.Http, id, last);
            Assert.Equal(HttpStatusCode.NoContent, over.Status);
        }
    }

    private static bool IsShown(string type) => Array.Exists(["execution_", "pod_", "result_"], prefix => type.StartsWith(prefix, StringComparison.Ordinal));
}
