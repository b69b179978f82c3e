using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

using Platform.Tests.Admin;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

using static Platform.Tests.Events.EventLab;

namespace Platform.Tests.Events;

/// <summary>Everybody's events for operators: browsing, one in detail, files.</summary>
public abstract class AdminEventTests(PlatformApp app)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 20, 10, 30, 0, TimeSpan.Zero);

    [Fact]
    public async Task Browse_FiltersSortsAndPagesOverAllUsers()
    {
        var (op, user, other) = (await app.OperatorAsync(), await app.CreateUserAsync(), await app.CreateUserAsync());
        var service = $"browse-{Guid.CreateVersion7():N}";
        var ids = await app.StoreAsync(Draft(user.Id, service: service, at: Start), Draft(other.Id, "pod_created", service: service, payload: """{"needle":1}""", at: Start.AddSeconds(1)), Draft(null, service: service, at: Start.AddSeconds(2)));
        Task<JsonElement> BrowseAsync(object body, HttpStatusCode expected = HttpStatusCode.OK) => op.Client.PostAsync($"{AdminRoute}/browse", body, expected);
        var filters = new { service_name = service };

        var all = await BrowseAsync(new { filters });
        Assert.Equal([ids[2], ids[1], ids[0]], all.Ids());
        Assert.Equal((3, 0, 50), (all.Total(), all.GetProperty("skip").GetInt32(), all.GetProperty("limit").GetInt32()));
        Assert.All((string[])["ttl_expires_at", "status", "error", "payload", "stored_at"], name => Assert.True(all.GetProperty("events")[0].TryGetProperty(name, out _), name));
        Assert.Equal(ids, (await BrowseAsync(new { filters, sort_order = 1 })).Ids());
        Assert.Equal(ids, (await BrowseAsync(new { filters, sort_order = "asc" })).Ids());
        Assert.Equal([ids[2], ids[1], ids[0]], (await BrowseAsync(new { filters, sort_order = "desc" })).Ids());
        Assert.Equal([ids[1]], (await BrowseAsync(new { filters, skip = 1, limit = 1, sort_order = -1 })).Ids());
        Assert.Equal([ids[1]], (await BrowseAsync(new { filters = new { service_name = service, user_id = other.Id, event_types = new[] { "pod_created" }, search_text = "NEEDLE", start_time = Start } })).Ids());
        Assert.True((await BrowseAsync(new { })).Total() >= 3);
        foreach (var bad in (object[])[new { filters, limit = 501 }, new { filters, sort_order = 2 }, new { filters, sort_order = "up" }, new { filters = new { event_types = new[] { "nope" } } }, new { filters = 1 }])
            await BrowseAsync(bad, HttpStatusCode.UnprocessableEntity);
        await user.Client.PostAsync($"{AdminRoute}/browse", new { filters }, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Detail_ShowsRelatedEventsAndTheTimeline()
    {
        var (op, user) = (await app.OperatorAsync(), await app.CreateUserAsync());
        var (correlation, aggregate) = ($"corr-{Guid.CreateVersion7():N}", $"agg-{Guid.CreateVersion7():N}");
        var ids = await app.StoreAsync(Enumerable.Range(0, 14).Select(i => Draft(user.Id, aggregate: i % 2 == 0 ? aggregate : "another", correlation: correlation)));

        var detail = await op.Client.ReadAsync($"{AdminRoute}/{ids[4]}");

        Assert.Equal(ids[4], detail.GetProperty("event").GetProperty("event_id").GetGuid());
        Assert.Equal(ids.Except([ids[4]]).Take(10), IdsOf(detail, "related_events"));
        Assert.Equal(ids.Where((_, i) => i % 2 == 0), IdsOf(detail, "timeline"));
        Assert.Equal(["event_id", "event_type", "timestamp", "aggregate_id"], detail.GetProperty("timeline")[0].EnumerateObject().Select(member => member.Name));
        await op.Client.GetAsync($"{AdminRoute}/{Guid.CreateVersion7()}", HttpStatusCode.NotFound);
        await user.Client.GetAsync($"{AdminRoute}/{ids[4]}", HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Export_Csv_IsNeutralisedAndNewestFirst()
    {
        var (op, user) = (await app.OperatorAsync(), await app.CreateUserAsync());
        var service = $"csv-{Guid.CreateVersion7():N}";
        var ids = await app.StoreAsync(
            Draft(user.Id, aggregate: "=HYPERLINK(\"x\")", correlation: "+1", service: service, at: Start), Draft(user.Id, aggregate: "a,\"b\"", correlation: "@x", service: service, at: Start.AddSeconds(1)));

        using var answer = await op.Client.GetAsync($"{AdminRoute}/export/csv?service_name={service}&start_time={Start.ToUnixTimeSeconds()}&end_time=2026-01-20T10:30:01Z");
        var lines = (await answer.Content.ReadAsStringAsync()).Split("\r\n");

        Assert.Equal(("text/csv", "no-store"), (answer.Content.Headers.ContentType!.MediaType, answer.Headers.CacheControl!.ToString()));
        Assert.Matches(@"^attachment; filename=events_export_\d{8}_\d{6}\.csv$", answer.Content.Headers.ContentDisposition!.ToString());
        Assert.Equal(
        [
            "Event ID,Event Type,Timestamp,Correlation ID,Aggregate ID,User ID,Service,Status,Error",
            $"{ids[1]},execution_accepted,2026-01-20T10:30:01.000Z,'@x,\"a,\"\"b\"\"\",{user.Id},{service},,",
            $"{ids[0]},execution_accepted,2026-01-20T10:30:00.000Z,'+1,\"'=HYPERLINK(\"\"x\"\")\",{user.Id},{service},,",
            "",
        ], lines);
        var audited = await app.WithDatabaseAsync(db => db.AuditEntries.Where(entry => entry.Action == "event.export" && entry.ActorId == op.Id).Select(entry => entry.Metadata).ToListAsync());
        Assert.Contains(audited, metadata => JsonSerializer.Deserialize<JsonElement>(metadata).GetProperty("rows").GetInt32() == 2);
    }

    [Fact]
    public async Task Export_ManyEvents_AreAllThereOnceInOrder()
    {
        var (op, user) = (await app.OperatorAsync(), await app.CreateUserAsync());
        var ids = await app.StoreAsync(Enumerable.Range(0, 1203).Select(i => Draft(user.Id, "pod_created", at: Start.AddSeconds(i / 7))));

        var csv = await op.Client.GetStringAsync($"{AdminRoute}/export/csv?user_id={user.Id}&event_types=pod_created,pod_deleted");
        Assert.Equal(Enumerable.Reverse(ids), csv.Split("\r\n")[1..^1].Select(line => Guid.Parse(line[..36])));

        using var answer = await op.Client.GetAsync($"{AdminRoute}/export/json?user_id={user.Id}&event_types=pod_created&limit=1100");
        var json = await answer.JsonAsync();
        Assert.Matches(@"\.json$", answer.Content.Headers.ContentDisposition!.ToString());
        Assert.Equal(Enumerable.Reverse(ids).Take(1100), json.Ids());
        var head = json.GetProperty("export_metadata");
        Assert.Equal((1100, 1100), (head.GetProperty("total_events").GetInt32(), head.GetProperty("export_limit").GetInt32()));
        Assert.Equal($$"""{"event_types":["pod_created"],"user_id":"{{user.Id}}"}""", head.GetProperty("filters_applied").GetRawText());
        foreach (var bad in (string[])["limit=50001", "limit=0", "start_time=x", "user_id=x", "event_types=nope", "start_time=5&end_time=4"])
            await op.Client.GetAsync($"{AdminRoute}/export/json?{bad}", HttpStatusCode.UnprocessableEntity);
        await user.Client.GetAsync($"{AdminRoute}/export/csv", HttpStatusCode.Forbidden);
    }

    private static IEnumerable<Guid> IdsOf(JsonElement detail, string list) => detail.GetProperty(list).EnumerateArray().Select(stored => stored.GetProperty("event_id").GetGuid());
}

public sealed class AdminEventOnSqliteTests(SqliteApp fixture) : AdminEventTests(fixture.App), IClassFixture<SqliteApp>;

public sealed class AdminEventOnPostgresTests(PostgresApp fixture) : AdminEventTests(fixture.App), IClassFixture<PostgresApp>;
