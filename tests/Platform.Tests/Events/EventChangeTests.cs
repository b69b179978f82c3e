using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

using Platform.Tests.Admin;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

using static Platform.Tests.Events.EventLab;

namespace Platform.Tests.Events;

/// <summary>What operators do with events: publish and delete them.</summary>
public abstract class EventChangeTests(PlatformApp app)
{
    [Fact]
    public async Task Publish_StoresTheEventInTheOperatorsName()
    {
        var (op, user) = (await app.OperatorAsync(), await app.CreateUserAsync());
        var published = await op.Client.PostAsync($"{Route}/publish", new
        {
            event_type = "system_error",
            payload = new { error_type = "disk", message = "é is full", service_name = "storage" },
            aggregate_id = "disk-1",
            correlation_id = "corr-published",
            causation_id = "because",
            metadata = new { service_name = "system-saga", user_id = user.Id, replayed = true, target_service = "notifications", note = "kept" },
        });

        Assert.Equal("published", published.Text("status"));
        var stored = await op.Client.ReadAsync($"{Route}/{published.Text("event_id")}");
        var metadata = stored.GetProperty("metadata");
        Assert.Equal(("disk-1", "corr-published", "because", published.Text("timestamp")), (stored.Text("aggregate_id"), stored.Text("correlation_id"), stored.Text("causation_id"), stored.Text("timestamp")));
        Assert.Equal(("api", op.Id.ToString(), "corr-published", "test"), (metadata.Text("service_name"), metadata.Text("user_id"), metadata.Text("correlation_id"), metadata.Text("environment")));
        Assert.False(metadata.TryGetProperty("replayed", out _) || metadata.TryGetProperty("target_service", out _));
        Assert.Equal(("system-saga", "kept", true), (metadata.GetProperty("custom").Text("service_name"), metadata.GetProperty("custom").Text("note"), metadata.GetProperty("custom").GetProperty("replayed").GetBoolean()));
        Assert.Equal(1, (await op.Client.PostAsync($"{Route}/query", new { text_search = "é disk", event_types = new[] { "system_error" }, aggregate_id = "disk-1" })).Total());
        var audited = await app.WithDatabaseAsync(db => db.AuditEntries.SingleAsync(entry => entry.Action == "event.publish" && entry.ResourceId == published.Text("event_id")));
        Assert.Equal(("event", op.Id), (audited.ResourceType, audited.ActorId));
        Assert.Empty((await user.Client.ReadAsync($"{Route}/correlation/corr-published")).Ids());
    }

    [Theory]
    [InlineData("""{"event_type":"execution_started","payload":{"pod_name":"p"}}""", """["body","payload","execution_id"]""", "missing")]
    [InlineData("""{"event_type":"execution_started","payload":{"execution_id":null,"pod_name":"p"}}""", """["body","payload","execution_id"]""", "missing")]
    [InlineData("""{"event_type":"execution_started","payload":{"execution_id":"no-id","pod_name":"p"}}""", """["body","payload","execution_id"]""", "value_error")]
    [InlineData("""{"event_type":"execution_started","payload":{"execution_id":"01900000-0000-7000-8000-000000000001","pod_name":7}}""", """["body","payload","pod_name"]""", "value_error")]
    [InlineData("""{"event_type":"execution_accepted","payload":{"execution_id":"01900000-0000-7000-8000-000000000001","queue_position":1,"priority":"sky-high"}}""", """["body","payload","priority"]""", "value_error")]
    [InlineData("""{"event_type":"quota_exceeded","payload":{"quota_type":"q","limit":1e400,"current_usage":1,"user_id":"01900000-0000-7000-8000-000000000001"}}""", """["body","payload"]""", "value_error")]
    [InlineData("""{"event_type":"create_pod_command","payload":{}}""", """["body","event_type"]""", "value_error")]
    [InlineData("""{"event_type":"team.member.added","payload":{}}""", """["body","event_type"]""", "value_error")]
    [InlineData("""{"event_type":"nonsense","payload":{}}""", """["body","event_type"]""", "enum")]
    [InlineData("""{"event_type":"system_error","payload":[]}""", """["body","payload"]""", "value_error")]
    [InlineData("""{"event_type":"system_error"}""", """["body","payload"]""", "missing")]
    public async Task Publish_Bad_IsRefusedWithItsPlace(string body, string place, string type)
    {
        var op = await app.OperatorAsync();
        var refused = await op.Client.PostAsync($"{Route}/publish", JsonSerializer.Deserialize<JsonElement>(body), HttpStatusCode.UnprocessableEntity);
        var problem = refused.GetProperty("detail")[0];
        Assert.Equal((place, type), (problem.GetProperty("loc").GetRawText(), problem.Text("type")));
    }

    [Fact]
    public async Task Publish_SameKeyTwice_StoresOneEventAndOthersMayNot()
    {
        var (op, user) = (await app.OperatorAsync(), await app.CreateUserAsync());
        var body = new { event_type = "security_violation", payload = new { violation_type = "probe", details = new { port = 22 } }, correlation_id = $"once-{Guid.CreateVersion7():N}" };
        List<JsonElement> answers = [];
        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{Route}/publish") { Content = JsonContent.Create(body) };
            request.Headers.Add("Idempotency-Key", body.correlation_id);
            answers.Add(await (await op.Client.SendAsync(request)).JsonAsync());
        }

        Assert.Equal(answers[0].Text("event_id"), answers[1].Text("event_id"));
        Assert.Equal(1, await app.WithDatabaseAsync(db => db.Events.CountAsync(stored => stored.CorrelationId == body.correlation_id)));
        await user.Client.PostAsync($"{Route}/publish", body, HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData(Route)]
    [InlineData(AdminRoute)]
    public async Task Delete_MovesTheEventToTheArchive(string routes)
    {
        var (op, user) = (await app.OperatorAsync(), await app.CreateUserAsync());
        var id = Assert.Single(await app.StoreAsync(Draft(user.Id, aggregate: "gone", payload: """{"queue_position":9}""")));
        await user.Client.CallAsync(HttpMethod.Delete, $"{routes}/{id}", null, HttpStatusCode.Forbidden);

        var (_, deleted) = await op.Client.CallAsync(HttpMethod.Delete, $"{routes}/{id}", null, HttpStatusCode.OK);

        Assert.Equal(("Event deleted and archived", id), (deleted.Text("message"), deleted.GetProperty("event_id").GetGuid()));
        Assert.Equal(routes == Route, deleted.TryGetProperty("deleted_at", out _));
        Assert.Equal(HttpStatusCode.NotFound, (await op.Client.CallAsync(HttpMethod.Delete, $"{routes}/{id}")).Status);
        await user.Client.GetAsync($"{Route}/{id}", HttpStatusCode.NotFound);
        await op.Client.GetAsync($"{AdminRoute}/{id}", HttpStatusCode.NotFound);
        var (archived, entries) = await app.WithDatabaseAsync(async db => (
            await db.ArchivedEvents.SingleAsync(found => found.EventId == id),
            await db.AuditEntries.CountAsync(entry => entry.Action == "event.delete" && entry.ResourceId == id.ToString())));
        Assert.Equal(("operator@example.com", "Admin deletion via API", user.Id, "gone"), (archived.DeletedBy, archived.DeletionReason, archived.UserId, archived.AggregateId));
        Assert.Equal(9, JsonSerializer.Deserialize<JsonElement>(archived.Payload).GetProperty("queue_position").GetInt32());
        Assert.Equal(3, entries); // the deletion and two refusals
    }

    [Fact]
    public async Task Delete_ByManyAtOnce_IsDoneOnce()
    {
        var (op, user) = (await app.OperatorAsync(), await app.CreateUserAsync());
        var id = Assert.Single(await app.StoreAsync(Draft(user.Id)));

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => op.Client.CallAsync(HttpMethod.Delete, $"{Route}/{id}")));

        Assert.Equal(1, answers.Count(answer => answer.Status == HttpStatusCode.OK));
        Assert.Equal(7, answers.Count(answer => answer.Status == HttpStatusCode.NotFound));
        Assert.Equal(1, await app.WithDatabaseAsync(db => db.ArchivedEvents.CountAsync(found => found.EventId == id)));
    }
}

public sealed class EventChangeOnSqliteTests(SqliteApp fixture) : EventChangeTests(fixture.App), IClassFixture<SqliteApp>;

public sealed class EventChangeOnPostgresTests(PostgresApp fixture) : EventChangeTests(fixture.App), IClassFixture<PostgresApp>;
