using System.Net;
using System.Net.Http.Json;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Executions;

public sealed class ExecutionStreamTests(SqliteApp fixture) : IClassFixture<SqliteApp>
{
    private const string Slow = "import time, sys\nfor i in range(8):\n  print('line', i, flush=True)\n  time.sleep(0.15)";

    private readonly PlatformApp _app = fixture.App;

    [Fact]
    public async Task Stream_RunningScript_ShowsItsOutputLive()
    {
        var user = new ExecutionClient(await _app.CreateUserAsync());
        var id = await user.StartAsync(Slow);
        using var stream = await EventStream.OpenAsync(user.Http, id, query: "?named_events=true");

        var messages = await stream.ToEndAsync();

        var live = messages.Where(m => m.Type == "execution_output").ToList();
        Assert.NotEmpty(live);
        Assert.All(live, m => Assert.Null(m.Id));
        Assert.All(messages, m => Assert.Equal(m.Type, m.Name));
        Assert.True(messages.FindIndex(m => m.Type == "execution_output") < messages.FindIndex(m => m.Type == "execution_completed"));
    }

    [Fact]
    public async Task Stream_ManyReaders_AllSeeTheSame()
    {
        var user = await _app.CreateUserAsync();
        var client = new ExecutionClient(user);
        var id = await client.StartAsync(Slow);

        var streams = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => EventStream.OpenAsync(user.Client, id)));
        using var sixth = await EventStream.OpenAsync(user.Client, id);
        Assert.Equal(HttpStatusCode.TooManyRequests, sixth.Status);
        var health = await client.GetAsync("/api/v1/events/health");
        Assert.True(health.GetProperty("active_connections").GetInt32() >= 5);
        var seen = await Task.WhenAll(streams.Select(s => s.ToEndAsync()));

        var first = seen[0].Where(m => m.Id is not null).Select(m => (m.Id, m.Type)).ToList();
        Assert.All(seen, s => Assert.Equal(first, s.Where(m => m.Id is not null).Select(m => (m.Id, m.Type))));
        foreach (var stream in streams)
            stream.Dispose();
        await Until.TrueAsync(async () =>
        {
            using var again = await EventStream.OpenAsync(user.Client, id);
            return again.Status == HttpStatusCode.OK;
        }, "the places are free again");
    }

    [Fact]
    public async Task Stream_SilentExecution_SendsHeartbeatsAndEndsWithTheSession()
    {
        await using var own = await PlatformApp.StartAsync(settings: ("Sse:HeartbeatSeconds", "1"));
        var user = await own.CreateUserAsync();
        var client = new ExecutionClient(user);
        var id = await client.StartAsync("import time; time.sleep(100)");
        await client.UntilAsync(id, "running");
        using var stream = await EventStream.OpenAsync(user.Client, id);
        while ((await stream.NextAsync())!.Type != "heartbeat")
        {
        }

        Assert.Equal(HttpStatusCode.OK, (await own.Client(user.AsBrowser(user.CsrfToken)).PostAsJsonAsync("/api/v1/auth/logout", new { })).StatusCode);

        var rest = await stream.ToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("reconnect", rest[^1].Type);
    }
}
