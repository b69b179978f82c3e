using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

using Platform.Organizations;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;
using Platform.Tests.Metrics;
using Platform.Tests.Variables;

namespace Platform.Tests.Alerts;

/// <summary>Alerts through the API: how they are made, shown, changed and refused.</summary>
public abstract class AlertApiTests(PlatformApp app)
{
    [Fact]
    public async Task Alert_Created_IsShownWithDefaultsAndBothForms()
    {
        var alerts = await AlertClient.StartAsync(app);

        var created = await alerts.CreatedAsync(new { name = " Queue ", expression = "avg(queue{host='a'}[5m])>1k", other = 1 });

        Assert.Equal(
            ("Queue", "avg(queue{host=\"a\"}[5m]) > 1000", "warning", "no_data", "ok", true, false, 0, 60),
            (Text(created, "name"), Text(created, "expression"), Text(created, "severity"), Text(created, "noDataState"), Text(created, "state"), created.GetProperty("enabled").GetBoolean(),
                created.GetProperty("muted").GetBoolean(), created.GetProperty("forSeconds").GetInt32(), created.GetProperty("evaluationIntervalSeconds").GetInt32()));
        Assert.Equal("""{"metric":"queue","aggregation":"avg","operator":">","threshold":1000,"window":"5m","filters":{"host":"a"}}""", created.GetProperty("condition").ToString());
        Assert.Equal("""["firing","resolved"]""", created.GetProperty("notifyOn").ToString());
        Assert.Equal("No point of 'queue' has been recorded yet", Assert.Single(created.GetProperty("warnings").EnumerateArray()).GetString());
        var shown = await alerts.FindAsync(Text(created, "id")!);
        Assert.False(shown.TryGetProperty("warnings", out _));
        Assert.Equal(Text(created, "expression"), Text(shown, "expression"));
    }

    [Fact]
    public async Task Alert_OfACondition_HasItsExpression()
    {
        var alerts = await AlertClient.StartAsync(app);
        var condition = new { metric = "errors", aggregation = "rate", @operator = "gte", threshold = -0.5, window = "60s", filters = new { path = "/\"x\"" } };
        var created = await alerts.CreatedAsync(new { name = "a", condition });
        Assert.Equal("rate(errors{path=\"/\\\"x\\\"\"}[1m]) >= -0.5", Text(created, "expression"));
        Assert.Equal((-0.5, "/\"x\""), (created.GetProperty("condition").GetProperty("threshold").GetDouble(), Text(created.GetProperty("condition").GetProperty("filters"), "path")));
        Assert.Equal(JsonValueKind.Null, (await alerts.CreatedAsync(new { name = "b", expression = "avg(a[5m]) > 1 and avg(b[5m]) > 1" })).GetProperty("condition").ValueKind);
    }

    [Theory]
    [InlineData("""{"expression":"1 > 2"}""", "validation_failed")]
    [InlineData("""{"name":"a"}""", "validation_failed")]
    [InlineData("""{"name":" ","expression":"1 > 2"}""", "validation_failed")]
    [InlineData("""{"name":"a\u0007","expression":"1 > 2"}""", "validation_failed")]
    [InlineData("""{"name":"a","expression":"1 > 2","condition":{"metric":"m","aggregation":"avg","operator":"gt","threshold":1,"window":"5m"}}""", "validation_failed")]
    [InlineData("""{"name":"a","condition":{"metric":"m","aggregation":"p10","operator":"gt","threshold":1,"window":"5m"}}""", "validation_failed")]
    [InlineData("""{"name":"a","condition":{"metric":"m","aggregation":"avg","operator":"gt","threshold":1,"window":"5s"}}""", "invalid_expression")]
    [InlineData("""{"name":"a","condition":{"metric":"m","aggregation":"avg","operator":"gt","threshold":1,"window":"5m","filters":{"a b":"x"}}}""", "invalid_expression")]
    [InlineData("""{"name":"a","condition":{"metric":"m","aggregation":"avg","operator":"gt","treshold":1,"threshold":1,"window":"5m"}}""", "invalid_json")]
    [InlineData("""{"name":"a","expression":"1 >"}""", "invalid_expression")]
    [InlineData("""{"name":"a","expression":"1 > 2","severity":"fatal"}""", "validation_failed")]
    [InlineData("""{"name":"a","expression":"1 > 2","forSeconds":86401}""", "validation_failed")]
    [InlineData("""{"name":"a","expression":"1 > 2","evaluationIntervalSeconds":29}""", "validation_failed")]
    [InlineData("""{"name":"a","expression":"1 > 2","renotifyMinutes":1441}""", "validation_failed")]
    [InlineData("""{"name":"a","expression":"1 > 2","notifyOn":["pending"]}""", "validation_failed")]
    [InlineData("""{"name":"a","expression":"1 > 2","labels":{"a b":"x"}}""", "validation_failed")]
    [InlineData("""{"name":"a","expression":"1 > 2","runbookUrl":"ftp://x"}""", "validation_failed")]
    [InlineData("""{"name":"a","expression":"1 > 2","channels":["01900000-0000-7000-8000-000000000000"]}""", "validation_failed")]
    public async Task Create_OfWrongForm_Is400(string body, string code)
    {
        var alerts = await AlertClient.StartAsync(app);
        MetricClient.Refused(HttpStatusCode.BadRequest, code, await alerts.CreateAsync(body));
        Assert.Equal(0, (await alerts.ListAsync()).Body.GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Expression_WithAMistake_IsToldWhere()
    {
        var alerts = await AlertClient.StartAsync(app);
        var answer = await alerts.CreateAsync(new { name = "a", expression = "avg(a[5m]) > " });
        var detail = Assert.Single(answer.Body.GetProperty("details").EnumerateArray());
        Assert.Equal((13, "The expression ends too early"), (detail.GetProperty("position").GetInt32(), Text(detail, "message")));
        Assert.Contains("a number", detail.GetProperty("expected").EnumerateArray().Select(word => word.GetString()));
    }

    [Fact]
    public async Task Update_ChangesWhatIsNamedAndClearsByNull()
    {
        var alerts = await AlertClient.StartAsync(app);
        var id = await alerts.CreatedIdAsync(new { name = "a", expression = "1 > 2", description = "why", runbookUrl = "https://example.com/x", labels = new { team = "x" } });

        var changed = MetricClient.Good(await alerts.UpdateAsync(id, new { severity = "critical", description = (string?)null, condition = new { metric = "m", aggregation = "max", @operator = "<", threshold = 1, window = "1h" } }));

        Assert.Equal(
            ("critical", null, "max(m[1h]) < 1", "https://example.com/x", """{"team":"x"}"""),
            (Text(changed, "severity"), Text(changed, "description"), Text(changed, "expression"), Text(changed, "runbookUrl"), changed.GetProperty("labels").ToString()));
        foreach (var bad in new[] { "{}", "", """{"other":1}""", """{"severity":null}""", """{"enabled":null}""", """{"name":null}""", """{"name":""}""", """{"expression":"1"}""", """{"labels":null}""", """{"forSeconds":-1}""" })
            Assert.Equal(HttpStatusCode.BadRequest, (await alerts.UpdateAsync(id, bad)).Status);
        Assert.Equal(Text(changed, "updatedAt"), Text(await alerts.FindAsync(id), "updatedAt"));
    }

    [Fact]
    public async Task Name_TakenInTheProject_Is409()
    {
        var alerts = await AlertClient.StartAsync(app);
        await alerts.CreatedAsync(new { name = "Disk", expression = "1 > 2" });
        var second = await alerts.CreatedIdAsync(new { name = "Other", expression = "1 > 2" });
        MetricClient.Refused(HttpStatusCode.Conflict, "name_taken", await alerts.CreateAsync(new { name = "DISK", expression = "1 > 2" }));
        MetricClient.Refused(HttpStatusCode.Conflict, "name_taken", await alerts.UpdateAsync(second, new { name = "disk" }));
        await (await AlertClient.StartAsync(app)).CreatedAsync(new { name = "Disk", expression = "1 > 2" });
    }

    [Fact]
    public async Task List_IsFilteredAndSorted()
    {
        var alerts = await AlertClient.StartAsync(app);
        await alerts.CreatedAsync(new { name = "b", expression = "1 > 2", severity = "info", labels = new { team = "x" } });
        await alerts.CreatedAsync(new { name = "C", expression = "1 > 2", severity = "critical", description = "of the Disk" });
        var muted = await alerts.CreatedIdAsync(new { name = "a", expression = "1 > 2", enabled = false, labels = new { team = "y" } });
        MetricClient.Good(await alerts.MuteAsync(muted, new { durationMinutes = 5, reason = "quiet" }));

        Assert.Equal("C,a,b", await NamesAsync(""));
        Assert.Equal("a,b,C", await NamesAsync("sort=name"));
        Assert.Equal("C,a,b", await NamesAsync("sort=-severity"));
        Assert.Equal("a,C,b", await NamesAsync("sort=-createdAt"));
        Assert.Equal("b", await NamesAsync("severity=info,critical&label.team=x"));
        Assert.Equal("a,b", await NamesAsync("label.team=x&label.team=y"));
        Assert.Equal("a", await NamesAsync("muted=true"));
        Assert.Equal("C,b", await NamesAsync("enabled=true&state=ok"));
        Assert.Equal("C", await NamesAsync("search=disk"));
        Assert.Equal("", await NamesAsync("state=firing"));
        Assert.Equal("a", await NamesAsync("limit=1&offset=1&projectId=all"));
        foreach (var bad in new[] { "sort=state", "limit=201", "state=x" })
            Assert.Equal(HttpStatusCode.BadRequest, (await alerts.ListAsync(bad)).Status);

        async Task<string> NamesAsync(string query) => string.Join(',', MetricClient.Good(await alerts.ListAsync(query)).EnumerateArray().Select(alert => Text(alert, "name")));
    }

    [Fact]
    public async Task Mute_TakesExactlyOneEnd()
    {
        var alerts = await AlertClient.StartAsync(app);
        var id = await alerts.CreatedIdAsync(new { name = "a", expression = "1 > 2" });
        foreach (var bad in new[] { "", "{}", """{"reason":"x"}""", """{"durationMinutes":0}""", """{"durationMinutes":5,"until":null}""", """{"until":"2020-01-01"}""", """{"until":"2999-01-01"}""" })
            Assert.Equal(HttpStatusCode.BadRequest, (await alerts.MuteAsync(id, bad)).Status);
        var muted = MetricClient.Good(await alerts.MuteAsync(id, new { until = DateTimeOffset.UtcNow.AddDays(300), reason = "night" }));
        Assert.Equal((true, "night"), (muted.GetProperty("muted").GetBoolean(), Text(muted, "muteReason")));
        Assert.False(MetricClient.Good(await alerts.MuteAsync(id, """{"until":null}""")).GetProperty("muted").GetBoolean());
    }

    [Fact]
    public async Task Access_OfStrangersAndViewers_IsRefused()
    {
        var (owner, viewer, stranger) = (await app.CreateUserAsync(), await app.CreateUserAsync(), await app.CreateUserAsync());
        await app.JoinAsync(viewer, owner, OrganizationRole.Viewer);
        var id = await new AlertClient(owner.Client).CreatedIdAsync(new { name = "a", expression = "1 > 2" });
        foreach (var (user, status, code) in new[] { (stranger, HttpStatusCode.NotFound, "not_found"), (viewer, HttpStatusCode.Forbidden, "forbidden") })
        {
            var alerts = new AlertClient(user.Client);
            foreach (var answer in new[] { await alerts.UpdateAsync(id, "{"), await alerts.ResolveAsync(id, "{"), await alerts.MuteAsync(id, "{"), await alerts.DeleteAsync(id) })
                MetricClient.Refused(status, code, answer);
            Assert.Equal(user == viewer ? HttpStatusCode.OK : HttpStatusCode.NotFound, (await alerts.CheckAsync(id)).Status);
            Assert.Equal(user == viewer ? 1 : 0, (await alerts.ListAsync()).Body.GetProperty("total").GetInt32());
        }

        MetricClient.Refused(HttpStatusCode.Forbidden, "forbidden", await new AlertClient(viewer.Client).CreateAsync("{"));
        var project = await app.ProjectOfAsync(owner);
        MetricClient.Refused(HttpStatusCode.NotFound, "not_found", await new AlertClient(stranger.Client).CreateAsync(new { name = "a", expression = "1 > 2", projectId = project }));
        Assert.True(MetricClient.Good(await new AlertClient(owner.Client).DeleteAsync(id)).GetProperty("deleted").GetBoolean());
        MetricClient.Refused(HttpStatusCode.NotFound, "not_found", await new AlertClient(owner.Client).DeleteAsync(id));
        Assert.Equal(1, await app.ReadAsync(db => db.AuditEntries.CountAsync(entry => entry.Action == "alert.delete" && entry.ResourceId == id && entry.ActorId == owner.Id && entry.Outcome == Platform.Audit.AuditOutcome.Success)));
    }

    [Fact]
    public async Task Create_RepeatedWithItsKey_MakesOne()
    {
        var alerts = await AlertClient.StartAsync(app);
        var key = $"key-{Guid.CreateVersion7()}";
        var first = MetricClient.Good(await alerts.CreateAsync(new { name = "once", expression = "1 > 2" }, key), HttpStatusCode.Created);
        Assert.Equal(first.ToString(), MetricClient.Good(await alerts.CreateAsync(new { name = "once", expression = "1 > 2" }, key), HttpStatusCode.Created).ToString());
        Assert.Equal(1, (await alerts.ListAsync()).Body.GetProperty("total").GetInt32());
    }

    private static string? Text(JsonElement element, string name) => AlertClient.Text(element, name);
}

public sealed class AlertApiOnSqliteTests(SqliteApp fixture) : AlertApiTests(fixture.App), IClassFixture<SqliteApp>;

public sealed class AlertApiOnPostgresTests(PostgresApp fixture) : AlertApiTests(fixture.App), IClassFixture<PostgresApp>;
