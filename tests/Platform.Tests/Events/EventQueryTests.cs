using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

using Platform.Tests.Admin;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

using static Platform.Tests.Events.EventLab;

namespace Platform.Tests.Events;

/// <summary>Who finds which events, through HTTP.</summary>
public abstract class EventQueryTests(PlatformApp app)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 20, 10, 30, 0, TimeSpan.Zero);

    [Fact]
    public async Task Own_PagesSortsAndFilters()
    {
        var (user, other) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var ids = await app.StoreAsync(Enumerable.Range(0, 5).Select(i => Draft(user.Id, i == 4 ? "execution_queued" : "execution_accepted", at: Start.AddMinutes(i / 2))));
        await app.StoreAsync(Draft(other.Id, at: Start));
        var window = $"start_time={Start:yyyy-MM-dd'T'HH:mm:ss}Z&end_time={Start.AddHours(1):yyyy-MM-dd'T'HH:mm:ss}%2B00:00";

        var newest = await user.Client.ReadAsync($"{Route}/user?{window}&limit=2");
        Assert.Equal((5, 2, 0, true), (newest.Total(), newest.GetProperty("limit").GetInt32(), newest.GetProperty("skip").GetInt32(), newest.GetProperty("has_more").GetBoolean()));
        Assert.Equal([ids[4], ids[3]], newest.Ids());
        var rest = await user.Client.ReadAsync($"{Route}/user?{window}&limit=3&skip=2");
        Assert.Equal([ids[2], ids[1], ids[0]], rest.Ids());
        Assert.False(rest.GetProperty("has_more").GetBoolean());
        Assert.Equal(ids, (await user.Client.ReadAsync($"{Route}/user?{window}&sort_order=asc")).Ids());
        Assert.Equal([ids[4]], (await user.Client.ReadAsync($"{Route}/user?{window}&event_types[]=execution_queued")).Ids());
        Assert.Equal(5, (await user.Client.ReadAsync($"{Route}/user?{window}&event_types=execution_queued,execution_accepted&skip=7")).Total());
        foreach (var bad in (string[])["limit=0", "limit=1001", "skip=-1", "sort_order=up", "event_types=nonsense", "start_time=x", "start_time=2026-02-01&end_time=2026-01-01"])
            await user.Client.GetAsync($"{Route}/user?{bad}", HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Event_HasTheWholeEnvelope()
    {
        var user = await app.CreateUserAsync();
        var id = Assert.Single(await app.StoreAsync(Draft(user.Id, aggregate: "an-aggregate", payload: """{"queue_position":3}""", correlation: "corr-7", at: Start)));

        var stored = await user.Client.ReadAsync($"{Route}/{id}");

        Assert.Equal(
            ["event_id", "event_type", "event_version", "timestamp", "aggregate_id", "correlation_id", "causation_id", "metadata", "payload", "stored_at"],
            stored.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("execution_accepted", "1.0", "2026-01-20T10:30:00.000Z", "an-aggregate", "corr-7"), (stored.Text("event_type"), stored.Text("event_version"), stored.Text("timestamp"), stored.Text("aggregate_id"), stored.Text("correlation_id")));
        Assert.Equal(3, stored.GetProperty("payload").GetProperty("queue_position").GetInt32());
        Assert.Equal(("execution-service", user.Id.ToString()), (stored.GetProperty("metadata").Text("service_name"), stored.GetProperty("metadata").Text("user_id")));
    }

    [Fact]
    public async Task ForeignEvents_AreNotFoundAndOpenToOperators()
    {
        var (owner, other) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var execution = await new ExecutionClient(owner).RunAsync("print('secret word')");
        var executionId = execution.GetProperty("execution_id").GetGuid();
        var all = await owner.Client.ReadAsync($"{Route}/executions/{executionId}/events?include_system_events=true");
        var id = all.Ids()[0];

        foreach (var path in (string[])[$"{Route}/{id}", $"{Route}/executions/{executionId}/events", $"{Route}/{Guid.CreateVersion7()}", $"{Route}/no-id"])
            await other.Client.GetAsync(path, HttpStatusCode.NotFound);
        Assert.Equal("Event not found", (await other.Client.GetAsync($"{Route}/{id}", HttpStatusCode.NotFound)).Body.Text("detail"));
        Assert.Equal(0, (await other.Client.PostAsync($"{Route}/query", new { aggregate_id = executionId, text_search = "secret" })).Total());
        Assert.Equal(0, (await other.Client.ReadAsync($"{Route}/correlation/{all.GetProperty("events")[0].Text("correlation_id")}")).Total());
        Assert.DoesNotContain("execution_completed", (await other.Client.ReadAsync($"{Route}/types")).EnumerateArray().Select(type => type.GetString()));
        Assert.Equal("Cannot query other users' events", (await other.Client.PostAsync($"{Route}/query", new { user_id = owner.Id }, HttpStatusCode.Forbidden)).Text("detail"));

        var op = await app.OperatorAsync();
        await op.Client.ReadAsync($"{Route}/{id}");
        Assert.Equal(all.Ids(), (await op.Client.ReadAsync($"{Route}/executions/{executionId}/events?include_system_events=true")).Ids());
        Assert.Contains(id, (await op.Client.PostAsync($"{Route}/query", new { user_id = owner.Id, aggregate_id = executionId })).Ids());
        var looked = await app.WithDatabaseAsync(db => db.AuditEntries.CountAsync(entry => entry.Action == "operator.access" && entry.ActorId == op.Id && entry.ResourceId == id.ToString()));
        Assert.Equal(1, looked);
    }

    [Fact]
    public async Task OfExecution_OldestFirstWithoutSystemEventsUnlessAsked()
    {
        var user = await app.CreateUserAsync();
        var id = (await new ExecutionClient(user).RunAsync("print(1)")).GetProperty("execution_id").GetGuid();
        await Until.TrueAsync(async () => Types(await user.Client.ReadAsync($"{Route}/executions/{id}/events?include_system_events=true")).Contains("saga_completed"), "the saga has ended");

        var own = await user.Client.ReadAsync($"{Route}/executions/{id}/events");
        var all = await user.Client.ReadAsync($"{Route}/executions/{id}/events?include_system_events=true");

        Assert.Equal(["execution_requested", "execution_accepted"], Types(own).Take(2));
        Assert.DoesNotContain(own.GetProperty("events").EnumerateArray(), stored => stored.GetProperty("metadata").Text("service_name").StartsWith("system-", StringComparison.Ordinal));
        Assert.Contains("pod_created", Types(all));
        Assert.Equal((1000, 0, false), (own.GetProperty("limit").GetInt32(), own.GetProperty("skip").GetInt32(), own.GetProperty("has_more").GetBoolean()));
        Assert.Equal(all.Ids()[3..5], (await user.Client.ReadAsync($"{Route}/executions/{id}/events?include_system_events=true&skip=3&limit=2")).Ids());
        Assert.Equal(all.Ids(), (await user.Client.PostAsync($"{Route}/query", new { aggregate_id = id, sort_by = "aggregate_id", sort_order = "asc" })).Ids());
    }

    [Fact]
    public async Task OwnedAggregate_ShowsWhatOthersDidButNotWhereTheyWere()
    {
        var (owner, other) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var execution = (await new ExecutionClient(owner).RunAsync("print(1)")).GetProperty("execution_id").GetGuid();
        var op = await app.OperatorAsync();
        var published = await op.Client.PostAsync($"{Route}/publish", new { event_type = "execution_running", aggregate_id = execution, correlation_id = "by-operator", payload = new { execution_id = execution, pod_name = "p" } });
        var id = published.GetProperty("event_id").GetGuid();
        await Until.TrueAsync(async () => (await owner.Client.ReadAsync($"{Route}/correlation/by-operator")).Total() == 1, "the event is numbered");

        var seen = await owner.Client.ReadAsync($"{Route}/{id}");
        Assert.Equal((op.Id.ToString(), false, false), (seen.GetProperty("metadata").Text("user_id"), seen.GetProperty("metadata").TryGetProperty("ip_address", out _), seen.GetProperty("metadata").TryGetProperty("user_agent", out _)));
        Assert.Contains(id, (await owner.Client.PostAsync($"{Route}/query", new { aggregate_id = execution, limit = 1000 })).Ids());
        Assert.Contains(id, (await owner.Client.ReadAsync($"{Route}/executions/{execution}/events")).Ids());
        Assert.True((await op.Client.ReadAsync($"{Route}/{id}")).GetProperty("metadata").TryGetProperty("ip_address", out _));
        Assert.Equal(0, (await other.Client.ReadAsync($"{Route}/correlation/by-operator")).Total());
        await other.Client.GetAsync($"{Route}/{id}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Search_EveryWordMustOccurInAnyCase()
    {
        var user = await app.CreateUserAsync();
        var ids = await app.StoreAsync(
            Draft(user.Id, aggregate: "Order_100%", payload: """{"title":"Der Größte ÉTÉ","n":1}"""),
            Draft(user.Id, aggregate: "order-100", payload: """{"title":"another","path":"C:\\temp"}"""));

        async Task<List<Guid>> FindAsync(string text) => (await user.Client.PostAsync($"{Route}/query", new { text_search = text, sort_order = "asc", event_types = new[] { "execution_accepted" } })).Ids();

        Assert.Equal(ids, await FindAsync("ORDER accepted"));
        Assert.Equal([ids[0]], await FindAsync("order_100%"));
        Assert.Equal([ids[0]], await FindAsync("größte été"));
        Assert.Equal([ids[1]], await FindAsync("""c:\\TEMP"""));
        Assert.Equal([ids[1]], await FindAsync("  another   order  "));
        Assert.Empty(await FindAsync("another größte"));
        Assert.Empty(await FindAsync("' OR 1=1 --"));
        Assert.Equal(ids, await FindAsync("  "));
        await user.Client.PostAsync($"{Route}/query", new { text_search = new string('x', 201) }, HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Query_FiltersAreAndedAndSorted()
    {
        var user = await app.CreateUserAsync();
        var ids = await app.StoreAsync(
            Draft(user.Id, "execution_queued", "b", correlation: "c2", service: "one", at: Start),
            Draft(user.Id, "execution_accepted", "a", correlation: "c1", service: "two", at: Start.AddSeconds(1)),
            Draft(user.Id, "execution_accepted", "c", correlation: "c1", service: "one", at: Start.AddSeconds(1)));
        async Task<List<Guid>> FindAsync(object body) => (await user.Client.PostAsync($"{Route}/query", body)).Ids();
        var types = new[] { "execution_queued", "execution_accepted" };

        Assert.Equal([ids[2]], await FindAsync(new { correlation_id = "c1", service_name = "one", start_time = Start, end_time = Start.AddSeconds(1), user_id = user.Id }));
        Assert.Equal([ids[0]], await FindAsync(new { end_time = Start }));
        Assert.Equal([ids[2], ids[1], ids[0]], await FindAsync(new { event_types = types, sort_by = "timestamp" }));
        Assert.Equal([ids[1], ids[0], ids[2]], await FindAsync(new { event_types = types, sort_by = "aggregate_id", sort_order = "asc" }));
        Assert.Equal([ids[1], ids[2], ids[0]], await FindAsync(new { event_types = types, sort_by = "correlation_id", sort_order = "asc" }));
        Assert.Equal([ids[0], ids[2], ids[1]], await FindAsync(new { event_types = types, sort_by = "event_type", sort_order = "desc" }));
        Assert.Equal(3, (await FindAsync(new { event_types = types, sort_by = "stored_at" })).Count);
        foreach (var bad in (object[])[new { limit = 1000, skip = 99_001 }, new { sort_by = "payload" }, new { event_types = new[] { "nope" } }, new { start_time = Start, end_time = Start.AddSeconds(-1) }, new { user_id = "me" }])
            await user.Client.PostAsync($"{Route}/query", bad, HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Correlation_ShowsOwnEventsAndOperatorsAll()
    {
        var (user, other) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var op = await app.OperatorAsync();
        var ids = await app.StoreAsync(Draft(user.Id, correlation: "shared-1"), Draft(other.Id, correlation: "shared-1"), Draft(user.Id, correlation: "shared-1"), Draft(null, correlation: "shared-1"));

        Assert.Equal([ids[0], ids[2]], (await user.Client.ReadAsync($"{Route}/correlation/shared-1?include_all_users=true")).Ids());
        Assert.Equal(ids, (await op.Client.ReadAsync($"{Route}/correlation/shared-1?include_all_users=true")).Ids());
        Assert.Empty((await op.Client.ReadAsync($"{Route}/correlation/shared-1")).Ids());
        Assert.Empty((await user.Client.ReadAsync($"{Route}/correlation/nothing")).Ids());
        var first = await user.Client.ReadAsync($"{Route}/correlation/shared-1?limit=1");
        Assert.Equal((2, true), (first.Total(), first.GetProperty("has_more").GetBoolean()));

        using var tagged = app.WithToken(user.Token);
        tagged.DefaultRequestHeaders.Add("X-Correlation-ID", "shared-1");
        Assert.Equal([ids[0], ids[2]], (await tagged.ReadAsync($"{Route}/current-request")).Ids());
        Assert.Empty((await user.Client.ReadAsync($"{Route}/current-request")).Ids());
    }

    [Fact]
    public async Task AccessToken_SeesTheEventsOfItsOrganizationOnly()
    {
        var user = await app.CreateUserAsync();
        var place = await app.PlaceOfAsync(user);
        var ids = await app.StoreAsync(
            Draft(user.Id, correlation: "of-token") with { OrganizationId = place.OrganizationId }, Draft(user.Id, correlation: "of-token") with { OrganizationId = Guid.CreateVersion7() });
        var made = await user.Client.PostAsync("/api/dev/tokens", new { name = "reader", scopes = new[] { "events:read" } }, HttpStatusCode.Created);
        using var token = app.WithToken(made.GetProperty("data").Text("token"));

        Assert.Equal(ids, (await user.Client.ReadAsync($"{Route}/correlation/of-token")).Ids());
        Assert.Equal([ids[0]], (await token.ReadAsync($"{Route}/correlation/of-token")).Ids());
        Assert.Equal(1, (await token.ReadAsync($"{Route}/statistics")).GetProperty("events_by_type").GetProperty("execution_accepted").GetInt32());
        Assert.Equal(2, (await user.Client.ReadAsync($"{Route}/statistics")).GetProperty("events_by_type").GetProperty("execution_accepted").GetInt32());
        await token.GetAsync($"{Route}/{ids[1]}", HttpStatusCode.NotFound);
    }

    private static List<string> Types(JsonElement list) => [.. list.GetProperty("events").EnumerateArray().Select(stored => stored.Text("event_type"))];
}

public sealed class EventQueryOnSqliteTests(SqliteApp fixture) : EventQueryTests(fixture.App), IClassFixture<SqliteApp>;

public sealed class EventQueryOnPostgresTests(PostgresApp fixture) : EventQueryTests(fixture.App), IClassFixture<PostgresApp>;
