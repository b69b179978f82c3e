using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Audit;
using Platform.Data;
using Platform.Identity;
using Platform.Organizations;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Audit;

public sealed class AuditApiTests(AuditApps apps) : IClassFixture<AuditApps>
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task List_EachFilter_NarrowsToWhatItSays(Db db)
    {
        var world = await AuditWorld.CreateAsync(await apps.GetAsync(db));
        await world.WriteAsync(world.Owner, "role.create", "role", "r1", "Deployers 100%");
        await world.WriteAsync(world.Owner, "role.delete", "role", "r2", "Others");
        await world.WriteAsync(world.Member, "roles.odd", "thing", "t1", "=cmd()", AuditOutcome.Denied);
        await world.WriteAsync(world.Stranger, "role.create", "role", "r9", "Deployers");

        await world.ExpectAsync("", "roles.odd", "role.delete", "role.create");
        await world.ExpectAsync("?order=asc", "role.create", "role.delete", "roles.odd");
        await world.ExpectAsync("?action=role.*", "role.delete", "role.create");
        await world.ExpectAsync("?action=role.create&action=roles.*", "roles.odd", "role.create");
        await world.ExpectAsync("?action=role");
        await world.ExpectAsync("?action=role.c_eate,role%25*");
        await world.ExpectAsync($"?actorId={world.Member.Id}", "roles.odd");
        await world.ExpectAsync("?actorType=system,token");
        await world.ExpectAsync("?actorType=user&resourceType=role", "role.delete", "role.create");
        await world.ExpectAsync("?resourceId=r1,t1", "roles.odd", "role.create");
        await world.ExpectAsync($"?projectId={world.Place.ProjectId}", "roles.odd", "role.delete", "role.create");
        await world.ExpectAsync($"?projectId={Guid.CreateVersion7()}");
        await world.ExpectAsync("?outcome=denied,failed", "roles.odd");
        await world.ExpectAsync("?ip=203.0.113.7", "roles.odd", "role.delete", "role.create");
        await world.ExpectAsync("?ip=203.0.113.8");
        await world.ExpectAsync("?search=DEPLOYERS", "role.create");
        await world.ExpectAsync("?search=100%25", "role.create");
        await world.ExpectAsync("?search=_eployers");
        await world.ExpectAsync($"?search={world.Member.Username[1..]}", "roles.odd");
        await world.ExpectAsync($"?from={WireTime.ToText(world.App.Services.GetRequiredService<TimeProvider>().GetUtcNow().AddMinutes(1))}");
        await world.ExpectAsync($"?to={WireTime.ToText(world.App.Services.GetRequiredService<TimeProvider>().GetUtcNow().AddMinutes(1))}", "roles.odd", "role.delete", "role.create");

        var page = await world.GetAsync("?limit=1&offset=1");
        Assert.Equal((3, 1, 1, "role.delete"), (page.GetProperty("total").GetInt32(), page.GetProperty("limit").GetInt32(), page.GetProperty("offset").GetInt32(), page.GetProperty("data")[0].Text("action")));
    }

    [Theory]
    [InlineData("?limit=1001")]
    [InlineData("?limit=0")]
    [InlineData("?limit=x")]
    [InlineData("?offset=-1")]
    [InlineData("?order=up")]
    [InlineData("?format=xml")]
    [InlineData("?actorId=x")]
    [InlineData("?outcome=great")]
    [InlineData("?from=yesterday")]
    [InlineData("?from=2026-01-02&to=2026-01-02")]
    [InlineData("?search=a%00b")]
    public async Task List_BadQuery_Is400(string query)
    {
        var world = await AuditWorld.CreateAsync(await apps.GetAsync(Db.Sqlite));
        var answer = await world.Owner.Client.GetAsync("/api/security/audit-logs" + query);
        Assert.Equal((HttpStatusCode.BadRequest, "validation_failed"), (answer.StatusCode, (await answer.JsonAsync()).Text("code")));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task List_Entry_HasTheContractsFieldsAndItsPlaceInTheChain(Db db)
    {
        var world = await AuditWorld.CreateAsync(await apps.GetAsync(db));
        await world.WriteAsync(world.Owner, "role.update", "role", "r1", "Deployers", configure: entry =>
        {
            entry.Add(new AuditChange("secret", "***", "***"));
            entry.Note("figure", 1);
        });
        await Until.TrueAsync(async () => (await world.GetAsync("")).GetProperty("data")[0].GetProperty("sequence").ValueKind == JsonValueKind.Number, "the entry is linked");

        var entry = (await world.GetAsync("")).GetProperty("data")[0];
        Assert.Equal(
            ["id", "timestamp", "actorId", "actorType", "actorName", "tokenId", "impersonatorId", "action", "alias", "resourceType", "resourceId", "resourceName", "projectId", "outcome",
                "reason", "ip", "userAgent", "requestId", "changes", "metadata", "sequence", "previousHash", "hash"],
            entry.EnumerateObject().Select(member => member.Name));
        Assert.Equal((world.Owner.Id.ToString(), "user", world.Owner.Username), (entry.Text("actorId"), entry.Text("actorType"), entry.Text("actorName")));
        Assert.Equal("""[{"field":"secret","from":"***","to":"***"}]""", entry.GetProperty("changes").GetRawText());
        Assert.Equal(1, entry.GetProperty("metadata").GetProperty("figure").GetInt32());
        Assert.Equal((64, 64), (entry.Text("previousHash").Length, entry.Text("hash").Length));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Export_Csv_GuardsFormulasAndIsAuditedItself(Db db)
    {
        var world = await AuditWorld.CreateAsync(await apps.GetAsync(db));
        string[] names = ["=1+1", "+1", "-1", "@x", "\tx", "a,\"b\"\nc", "plain"];
        foreach (var name in names)
            await world.WriteAsync(world.Owner, "role.create", "role", "r", name);

        var answer = await world.Owner.Client.GetAsync("/api/security/audit-logs?format=csv&order=asc&limit=1");
        Assert.Equal("text/csv", answer.Content.Headers.ContentType!.MediaType);
        Assert.Matches(@"^attachment; filename=audit_logs_\d{8}_\d{6}\.csv$", answer.Content.Headers.ContentDisposition!.ToString());
        var text = await answer.Content.ReadAsStringAsync();
        Assert.StartsWith("id,timestamp,actorId,", text, StringComparison.Ordinal);
        Assert.All(["r,'=1+1,", "r,'+1,", "r,'-1,", "r,'@x,", "r,'\tx,", "r,\"a,\"\"b\"\"\nc\",", "r,plain,"], cell => Assert.Contains(cell, text, StringComparison.Ordinal));
        await world.ExpectAsync("?action=audit.export", "audit.export");
        Assert.Equal(names.Length, (await world.GetAsync("?action=audit.export")).GetProperty("data")[0].GetProperty("metadata").GetProperty("rows").GetInt32());
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task OfUser_ByWhoAsks_FollowsTheRules(Db db)
    {
        var world = await AuditWorld.CreateAsync(await apps.GetAsync(db));
        await world.WriteAsync(world.Member, "role.create", "role", "r1", "mine");
        await world.WriteAsync(world.Owner, "team.role_change", "user", world.Member.Id.ToString(), "about me");
        await world.WriteAsync(world.Owner, "role.delete", "role", "r2", "not about me");
        var path = $"/api/security/audit-logs/{world.Member.Id}";

        var seen = (await (await world.Owner.Client.GetAsync(path)).JsonAsync()).GetProperty("data");
        Assert.Equal([("team.role_change", "203.0.113.7"), ("role.create", "203.0.113.7")], seen.EnumerateArray().Select(entry => (entry.Text("action"), entry.Text("ip"))));

        var own = (await (await world.Member.Client.GetAsync(path)).JsonAsync()).GetProperty("data");
        Assert.Equal([("team.role_change", null, null), ("role.create", "203.0.113.7", "tests")], own.EnumerateArray()
            .Select(entry => (entry.Text("action"), entry.GetProperty("ip").GetString(), entry.GetProperty("userAgent").GetString())));
        var csv = await world.Member.Client.GetStringAsync(path + "?format=csv");
        Assert.Single(System.Text.RegularExpressions.Regex.Matches(csv, @"203\.0\.113\.7"));

        Assert.Equal(HttpStatusCode.Forbidden, (await world.Member.Client.GetAsync($"/api/security/audit-logs/{world.Owner.Id}")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await world.Member.Client.GetAsync("/api/security/audit-logs")).StatusCode);
        foreach (var stranger in new[] { world.Stranger.Id.ToString(), Guid.CreateVersion7().ToString(), "x" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await world.Owner.Client.GetAsync($"/api/security/audit-logs/{stranger}")).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await world.Member.Client.GetAsync($"/api/security/audit-logs/{stranger}")).StatusCode);
        }
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task OfUser_WhoLeftOrIsDeleted_StaysReadableWithoutHisName(Db db)
    {
        var world = await AuditWorld.CreateAsync(await apps.GetAsync(db));
        await world.WriteAsync(world.Member, "role.create", "role", "r1", "mine");
        await using (var scope = world.App.As(Caller.Platform))
            await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().Users.Where(user => user.Id == world.Member.Id).ExecuteDeleteAsync();

        var answer = await world.Owner.Client.GetAsync($"/api/security/audit-logs/{world.Member.Id}");
        var entry = (await answer.JsonAsync()).GetProperty("data")[0];
        Assert.Equal((world.Member.Id.ToString(), "Deleted user"), (entry.Text("actorId"), entry.Text("actorName")));
        Assert.DoesNotContain(world.Member.Username, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var viewed = (await (await world.Owner.Client.GetAsync("/api/audit")).JsonAsync()).GetProperty("data").GetProperty("logs")[0];
        Assert.Equal(JsonValueKind.Null, viewed.GetProperty("user").ValueKind);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task ChecksView_ShowsItsOwnWordsOfTheLast90Days(Db db)
    {
        var world = await AuditWorld.CreateAsync(await apps.GetAsync(db));
        await world.WriteAsync(world.Owner, "monitor.create", "monitor", "m1", "API", daysAgo: 91);
        await world.WriteAsync(world.Owner, "monitor.pause", "monitor", "m1", "API", daysAgo: 89);
        await world.WriteAsync(world.Owner, "run.delete", "run", "x1", "Nightly", configure: entry => entry.Note("size", 3));
        await world.WriteAsync(world.Member, "variable.decrypt", "variable", "v1", "KEY", AuditOutcome.Denied);

        var all = await world.ChecksAsync("");
        Assert.Equal(["secret_decrypt_unauthorized", "run_delete", "monitor_paused"], all.GetProperty("logs").EnumerateArray().Select(log => log.Text("action")));
        Assert.Equal("""{"currentPage":1,"totalPages":1,"totalCount":3,"limit":10,"hasNext":false,"hasPrev":false}""", all.GetProperty("pagination").GetRawText());
        Assert.Equal("""["monitor_paused","run_delete","secret_decrypt_unauthorized"]""", all.GetProperty("filters").GetProperty("actions").GetRawText());
        var run = all.GetProperty("logs")[1];
        Assert.Equal("""{"resource":"run","resourceId":"x1","success":true,"ipAddress":"203.0.113.7","userAgent":"tests","metadata":{"size":3}}""", run.GetProperty("details").GetRawText());
        Assert.Equal(world.Owner.Email, run.GetProperty("user").Text("email"));

        await world.ExpectChecksAsync("?sortOrder=asc&limit=2", "monitor_paused", "run_delete");
        await world.ExpectChecksAsync("?sortOrder=asc&limit=2&page=2", "secret_decrypt_unauthorized");
        await world.ExpectChecksAsync("?action=run_delete", "run_delete");
        await world.ExpectChecksAsync("?action=run_deleted");
        await world.ExpectChecksAsync("?action=secret_decrypt_unauthorized", "secret_decrypt_unauthorized");
        await world.ExpectChecksAsync("?action=secret_decrypt_success");
        await world.ExpectChecksAsync("?search=paus", "monitor_paused");
        await world.ExpectChecksAsync($"?search={world.Member.Email.ToUpperInvariant()}", "secret_decrypt_unauthorized");
        await world.ExpectChecksAsync("?search=nightly", "run_delete");
    }

    [Theory]
    [InlineData("?limit=101")]
    [InlineData("?limit=0")]
    [InlineData("?page=0")]
    [InlineData("?page=999999999999")]
    [InlineData("?sortOrder=none")]
    public async Task ChecksView_OutOfRange_Is400(string query)
    {
        var world = await AuditWorld.CreateAsync(await apps.GetAsync(Db.Sqlite));
        Assert.Equal(HttpStatusCode.BadRequest, (await world.Owner.Client.GetAsync("/api/audit" + query)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await world.Member.Client.GetAsync("/api/audit")).StatusCode);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Activity_TellsMembersWhatSucceeded(Db db)
    {
        var world = await AuditWorld.CreateAsync(await apps.GetAsync(db));
        foreach (var hidden in new[] { "auth.login", "token.create", "audit.export", "operator.access" })
            await world.WriteAsync(world.Owner, hidden, "thing", "x", null);
        await world.WriteAsync(world.Owner, "role.create", "role", "r1", "Refused", AuditOutcome.Denied);
        await world.WriteAsync(world.Owner, "role.create", "role", "r1", "Deployers");
        await world.WriteAsync(world.Member, "role.permissions_change", "role", "r1", "Deployers");
        await world.WriteAsync(world.Member, "status_page.copy", "status_page", "s1", null);

        var entries = (await world.ActivityAsync("")).GetProperty("data").EnumerateArray().ToList();
        Assert.Equal(
            [$"{world.Member.Username} copied the status page", $"{world.Member.Username} changed the permissions of the role \"Deployers\"", $"{world.Owner.Username} created the role \"Deployers\""],
            entries.Select(entry => entry.Text("summary")));
        Assert.Equal(["id", "timestamp", "actor", "action", "summary", "resourceType", "resourceId", "resourceName", "projectId"], entries[0].EnumerateObject().Select(member => member.Name));
        Assert.Equal(3, (await world.ActivityAsync("?limit=1")).GetProperty("total").GetInt32());
        Assert.Equal(2, (await world.ActivityAsync("?memberId=me")).GetProperty("total").GetInt32());
        Assert.Equal(2, (await world.ActivityAsync("?action=role")).GetProperty("total").GetInt32());
        Assert.Equal(1, (await world.ActivityAsync("?resourceType=status_page&projectId=all")).GetProperty("total").GetInt32());
        Assert.Equal(3, (await world.ActivityAsync($"?projectId={world.Place.ProjectId}")).GetProperty("total").GetInt32());
        var foreign = await world.App.PlaceOfAsync(world.Stranger);
        foreach (var query in new[] { "memberId=x", $"memberId={Guid.CreateVersion7()}", "projectId=x", $"projectId={foreign.ProjectId}" })
            Assert.Equal(HttpStatusCode.NotFound, (await world.Member.Client.GetAsync("/api/team/activity-logs?" + query)).StatusCode);
    }
}
