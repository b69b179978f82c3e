using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Blobs;
using Platform.Data;
using Platform.Tests.Admin;
using Platform.Tests.Fixtures;
using Platform.Tests.Identity;

namespace Platform.Tests.Replay;

/// <summary>Replay sessions through HTTP (executions.md §3.13).</summary>
public abstract class ReplaySessionApiTests(PlatformApp app)
{
    [Fact]
    public async Task Create_AllFields_AreShownAndTheAddressOfTheCallbackIsNot()
    {
        var world = await ReplayWorld.OfAsync(app);
        var execution = Guid.CreateVersion7();
        var (_, made) = await world.Http.CallAsync(
            HttpMethod.Post,
            ReplayWorld.Sessions,
            new
            {
                replay_type = "execution",
                target = "callback",
                callback_url = "https://127.0.0.1/hook?token=secret-1234",
                speed_multiplier = 2.5,
                batch_size = 7,
                max_events = 9,
                filter = new { execution_id = execution, exclude_event_types = new[] { "pod_deleted" } },
                target_service = "projections",
                skip_errors = false,
            },
            HttpStatusCode.OK);
        Assert.Equal(("created", "Replay session created successfully"), (Text(made, "status"), Text(made, "message")));

        var session = await world.GetAsync(made.GetProperty("session_id").GetGuid());
        var config = session.GetProperty("config");
        Assert.Equal(execution, config.GetProperty("execution_id").GetGuid());
        Assert.Equal(execution, config.GetProperty("filter").GetProperty("execution_id").GetGuid());
        Assert.Equal((2.5, 7, 9, false, "projections"), (config.GetProperty("speed_multiplier").GetDouble(), config.GetProperty("batch_size").GetInt32(), config.GetProperty("max_events").GetInt32(), config.GetProperty("skip_errors").GetBoolean(), Text(config, "target_service")));
        Assert.Equal("https://127.0.0.1/…1234", Text(config, "callback_url"));
        Assert.DoesNotContain("secret", session.GetRawText(), StringComparison.Ordinal);
        Assert.StartsWith("replay_", Text(session, "correlation_id"), StringComparison.Ordinal);
        Assert.Equal((0, JsonValueKind.Null), (session.GetProperty("total_events").GetInt32(), session.GetProperty("started_at").ValueKind));
        Assert.DoesNotContain("secret", await app.InDatabaseAsync(db => db.ReplaySessions.Where(s => s.SealedCallback != null).Select(s => s.SealedCallback!).FirstAsync()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{}""", "replay_type")]
    [InlineData("""{"replay_type":"everything"}""", "replay_type")]
    [InlineData("""{"replay_type":"execution"}""", "execution_id")]
    [InlineData("""{"replay_type":"time_range"}""", "start_time")]
    [InlineData("""{"replay_type":"event_type"}""", "event_types")]
    [InlineData("""{"replay_type":"event_type","event_types":["nothing_known"]}""", "event_types")]
    [InlineData("""{"replay_type":"event_type","event_types":["pod_created"],"exclude_event_types":["nothing_known"]}""", "exclude_event_types")]
    [InlineData("""{"replay_type":"query"}""", "filter")]
    [InlineData("""{"replay_type":"time_range","start_time":"2026-02-01T00:00:00Z","end_time":"2026-01-01T00:00:00Z"}""", "start_time")]
    [InlineData("""{"replay_type":"recovery","target":"callback"}""", "callback_url")]
    [InlineData("""{"replay_type":"recovery","target":"callback","callback_url":"http://169.254.169.254/latest"}""", "callback_url")]
    [InlineData("""{"replay_type":"recovery","target":"callback","callback_url":"ftp://example.com/"}""", "callback_url")]
    [InlineData("""{"replay_type":"recovery","target_service":"somebody"}""", "target_service")]
    [InlineData("""{"replay_type":"recovery","target":"file","target_file_path":"../x"}""", "target_file_path")]
    [InlineData("""{"replay_type":"recovery","target":"file","target_file_path":"a/../x"}""", "target_file_path")]
    [InlineData("""{"replay_type":"recovery","target":"file","target_file_path":"/x"}""", "target_file_path")]
    [InlineData("""{"replay_type":"recovery","speed_multiplier":0.05}""", "speed_multiplier")]
    [InlineData("""{"replay_type":"recovery","speed_multiplier":101}""", "speed_multiplier")]
    [InlineData("""{"replay_type":"recovery","batch_size":1001}""", "batch_size")]
    [InlineData("""{"replay_type":"recovery","max_events":0}""", "max_events")]
    [InlineData("""{"replay_type":"recovery","retry_attempts":11}""", "retry_attempts")]
    public async Task Create_BadRequest_IsRefusedAtItsPlace(string body, string field)
    {
        var world = await ReplayWorld.OfAsync(app);
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        var answer = await world.Http.PostAsync(ReplayWorld.Sessions, content);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains(field, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").EnumerateArray().Select(problem => problem.GetProperty("loc")[1].GetString()));
    }

    [Fact]
    public async Task Create_SameIdempotencyKey_MakesOneSession()
    {
        var world = await ReplayWorld.OfAsync(app);
        var key = Guid.CreateVersion7().ToString();
        var ids = new HashSet<Guid>();
        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, ReplayWorld.Sessions) { Content = JsonContent.Create(new { replay_type = "recovery" }) };
            request.Headers.Add("Idempotency-Key", key);
            ids.Add((await (await world.Http.SendAsync(request)).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("session_id").GetGuid());
        }

        Assert.Single(ids);
    }

    [Fact]
    public async Task Sessions_AreForOperatorsOnly()
    {
        var user = await app.CreateUserAsync();
        var answer = await user.Client.CallAsync(HttpMethod.Post, ReplayWorld.Sessions, new { replay_type = "recovery" });

        Assert.Equal((HttpStatusCode.Forbidden, "Admin access required"), (answer.Status, Text(answer.Body, "detail")));
    }

    [Fact]
    public async Task Transitions_OutOfTurn_AreConflicts()
    {
        var world = await ReplayWorld.OfAsync(app);
        var aggregate = Guid.CreateVersion7().ToString();
        await world.StoreAsync(aggregate, 0, 300);
        var id = await world.CreateAsync(new { replay_type = "query", filter = new { aggregate_id = aggregate } });

        Assert.Equal("Cannot pause replay session in created state", await RefusalAsync(world, id, "pause"));
        Assert.Equal("Cannot resume replay session in created state", await RefusalAsync(world, id, "resume"));
        var started = await world.MoveAsync(id, "start");
        Assert.Equal(("running", "Replay session started"), (Text(started, "status"), Text(started, "message")));
        Assert.Equal("Session already started", await RefusalAsync(world, id, "start"));
        Assert.Equal("Cannot resume replay session in running state", await RefusalAsync(world, id, "resume"));
        await world.UntilReplayedAsync(id, 1);
        Assert.Equal("Replay session paused", Text(await world.MoveAsync(id, "pause"), "message"));
        Assert.Equal("Cannot pause replay session in paused state", await RefusalAsync(world, id, "pause"));
        Assert.Equal("Replay session resumed", Text(await world.MoveAsync(id, "resume"), "message"));
        Assert.Equal("Replay session cancelled", Text(await world.MoveAsync(id, "cancel"), "message"));
        Assert.Equal("Cannot cancel replay session in cancelled state", await RefusalAsync(world, id, "cancel"));
        Assert.Equal("Session already started", await RefusalAsync(world, id, "start"));

        var session = await world.GetAsync(id);
        Assert.Equal(("cancelled", 2, 1), (Text(session, "status"), session.GetProperty("total_events").GetInt32(), session.GetProperty("replayed_events").GetInt32()));
        Assert.NotEqual(JsonValueKind.Null, session.GetProperty("completed_at").ValueKind);
        foreach (var verb in new[] { "start", "pause", "resume", "cancel" })
            Assert.Equal("Replay session not found", Text(await world.MoveAsync(Guid.CreateVersion7(), verb, HttpStatusCode.NotFound), "detail"));
        Assert.Equal(HttpStatusCode.NotFound, (await world.Http.GetAsync($"{ReplayWorld.Sessions}/nonsense")).StatusCode);
    }

    [Fact]
    public async Task Start_ManyTimesAtOnce_StartsOnce()
    {
        var world = await ReplayWorld.OfAsync(app);
        var aggregate = Guid.CreateVersion7().ToString();
        var ids = await world.StoreAsync(aggregate, 0, 0, 0);
        var id = await world.CreateAsync(new { replay_type = "query", filter = new { aggregate_id = aggregate } });

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.Http.CallAsync(HttpMethod.Post, $"{ReplayWorld.Sessions}/{id}/start", null)));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.Equal(7, answers.Count(answer => answer.Status == HttpStatusCode.Conflict));
        Assert.Equal(ids, await world.RepeatedAsync(await world.UntilAsync(id, "completed")));
    }

    [Fact]
    public async Task List_NewestFirst_WithStatusAndFigures()
    {
        var world = await ReplayWorld.OfAsync(app);
        var aggregate = Guid.CreateVersion7().ToString();
        await world.StoreAsync(aggregate, 0, 0);
        var done = await world.StartedAsync(new { replay_type = "query", target = "test", filter = new { aggregate_id = aggregate } });
        await world.UntilAsync(done, "completed");
        var waiting = await world.CreateAsync(new { replay_type = "recovery" });

        var all = (await world.Http.GetAsync($"{ReplayWorld.Sessions}?limit=2", HttpStatusCode.OK)).Body;
        Assert.Equal([waiting, done], all.EnumerateArray().Select(s => s.GetProperty("session_id").GetGuid()));
        var summary = all[1];
        Assert.Equal(("query", "test", "completed", 2, 2), (Text(summary, "replay_type"), Text(summary, "target"), Text(summary, "status"), summary.GetProperty("total_events").GetInt32(), summary.GetProperty("replayed_events").GetInt32()));
        Assert.True(summary.GetProperty("duration_seconds").GetDouble() >= 0);
        Assert.False(summary.TryGetProperty("config", out _));
        var created = (await world.Http.GetAsync($"{ReplayWorld.Sessions}?status=created", HttpStatusCode.OK)).Body;
        Assert.All(created.EnumerateArray(), s => Assert.Equal("created", Text(s, "status")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await world.Http.GetAsync($"{ReplayWorld.Sessions}?limit=1001")).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await world.Http.GetAsync($"{ReplayWorld.Sessions}?status=odd")).StatusCode);
    }

    [Fact]
    public async Task CleanUp_EndedSessionsOfThatAge_GoWithTheirFiles()
    {
        var world = await ReplayWorld.OfAsync(app);
        var old = await world.StartedAsync(new { replay_type = "query", target = "file", filter = new { aggregate_id = "nobody" } });
        await world.UntilAsync(old, "completed");
        var open = await world.CreateAsync(new { replay_type = "recovery" });
        var young = await world.StartedAsync(new { replay_type = "query", target = "file", filter = new { aggregate_id = "nobody" } });
        await world.UntilAsync(young, "completed");
        await app.InDatabaseAsync(db => db.InTransactionAsync(
            () => db.ReplaySessions.Where(s => s.Id == old || s.Id == open).ExecuteUpdateAsync(set => set.SetProperty(s => s.CreatedAt, DateTimeOffset.UtcNow.AddHours(-2))), default));
        Assert.Empty(await world.LinesAsync(old));

        var (_, answer) = await world.Http.CallAsync(HttpMethod.Post, "/api/v1/replay/cleanup?older_than_hours=1", null, HttpStatusCode.OK);

        Assert.Equal((1, "Removed 1 old sessions"), (answer.GetProperty("removed_sessions").GetInt32(), Text(answer, "message")));
        Assert.Equal(HttpStatusCode.NotFound, (await world.Http.GetAsync($"{ReplayWorld.Sessions}/{old}")).StatusCode);
        Assert.Null(await app.Services.GetRequiredService<IBlobStore>().OpenReadAsync($"replays/{old}/events.jsonl", default));
        Assert.Empty(await world.LinesAsync(young));
        Assert.Equal("created", Text(await world.GetAsync(open), "status"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await world.Http.PostAsync("/api/v1/replay/cleanup?older_than_hours=0", null)).StatusCode);
        Assert.Equal(["replay.cleanup"], await app.InDatabaseAsync(db => db.AuditEntries.Where(e => e.Action == "replay.cleanup" && e.Outcome == Platform.Audit.AuditOutcome.Success).Select(e => e.Action).ToListAsync()));
    }

    [Fact]
    public async Task Callback_FailingAtFirst_GetsEachBatchWhenRetriesAreWanted()
    {
        var world = await ReplayWorld.OfAsync(app);
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer("/hook", 500);
        var aggregate = Guid.CreateVersion7().ToString();
        var ids = await world.StoreAsync(aggregate, 0, 0, 0);
        object Body(bool retry) => new { replay_type = "query", target = "callback", callback_url = receiver.Url("/hook"), retry_failed = retry, batch_size = 2, filter = new { aggregate_id = aggregate } };

        var session = await world.UntilAsync(await world.StartedAsync(Body(retry: true)), "completed");
        Assert.Equal((3, 0), (session.GetProperty("replayed_events").GetInt32(), session.GetProperty("failed_events").GetInt32()));
        var batches = receiver.At("/hook").Select(received => received.Json).ToList();
        Assert.Equal([2, 2, 1], batches.Select(batch => batch.GetProperty("events").GetArrayLength())); // the first one twice
        Assert.Equal(batches[0].GetRawText()[..200], batches[1].GetRawText()[..200]);
        Assert.Equal(ids, batches.Skip(1).SelectMany(batch => batch.GetProperty("events").EnumerateArray()).Select(ReplayLines.OriginalOf));

        receiver.Answer("/hook", 500);
        var without = await world.UntilAsync(await world.StartedAsync(Body(retry: false)), "completed");
        Assert.Equal((1, 2), (without.GetProperty("replayed_events").GetInt32(), without.GetProperty("failed_events").GetInt32()));
        Assert.Equal("The callback answered 500", Text(without.GetProperty("errors")[0], "error"));
    }

    private static async Task<string> RefusalAsync(ReplayWorld world, Guid id, string verb) => Text(await world.MoveAsync(id, verb, HttpStatusCode.Conflict), "detail");

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}

public sealed class ReplaySessionApiOnSqliteTests(ReplaySqliteApp fixture) : ReplaySessionApiTests(fixture.App), IClassFixture<ReplaySqliteApp>;

public sealed class ReplaySessionApiOnPostgresTests(ReplayPostgresApp fixture) : ReplaySessionApiTests(fixture.App), IClassFixture<ReplayPostgresApp>;
