using System.Text.Json;
using Microsoft.EntityFrameworkCore;

using Platform.Tests.Fixtures;
using Platform.Tests.Http;
using Platform.Tests.Organizations;

namespace Platform.Tests.Domains;

/// <summary>Domains through HTTP: names, primary, redirects, access.</summary>
public sealed class DomainTests(DomainApps apps) : IClassFixture<DomainApps>
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Add_TellsTheRecord(Db database)
    {
        var client = await ClientAsync(database);
        var name = DomainClient.NewName();
        var made = await client.AddAsync(name, new { name = $" {name.ToUpperInvariant()}. ", target = new { type = "build", branch = "main" } });

        Assert.Equal((name, "pending", $"_platform-challenge.{name}", "TXT"), (made.Text("name"), made.Text("status"), made.GetProperty("verification").Text("name"), made.GetProperty("verification").Text("type")));
        Assert.Matches("^platform-verify=[0-9a-f]{32}$", made.GetProperty("verification").Text("value"));
        Assert.Equal(("build", "main", false), (made.GetProperty("target").Text("type"), made.GetProperty("target").Text("branch"), made.GetProperty("isPrimary").GetBoolean()));
        (await client.User.CallAsync($"POST {DomainClient.Path}", new { name })).AssertRefused(409, "conflict");
        Assert.Equal(made.ToString(), (await client.GetAsync(made)).ToString());
    }

    [Theory]
    [InlineData("münchen.example", "xn--mnchen-3ya.example")]
    [InlineData("*.Shop.example.com", "*.shop.example.com")]
    [InlineData("a.b.c.example", "a.b.c.example")]
    public async Task Add_International_IsKeptInAscii(string given, string kept)
    {
        var made = await (await ClientAsync(Db.Sqlite)).AddAsync(given);
        Assert.Equal((kept, $"_platform-challenge.{kept.Replace("*.", "", StringComparison.Ordinal)}"), (made.Text("name"), made.GetProperty("verification").Text("name")));
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("single")]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]")]
    [InlineData("1.2.3.4.5")]
    [InlineData("printer.local")]
    [InlineData("db.internal")]
    [InlineData("a.test")]
    [InlineData("*.com.localhost")]
    [InlineData("app.platform.example")]
    [InlineData("x.app.platform.example")]
    [InlineData("*.platform.example")]
    [InlineData("a..example.com")]
    [InlineData("-a.example.com")]
    [InlineData("a_b.example.com")]
    [InlineData("a.*.example.com")]
    [InlineData("https://example.com")]
    [InlineData("example.com/path")]
    public async Task Add_NoDomainOrNotForUse_IsRefused(string name)
    {
        var client = await ClientAsync(Db.Sqlite);
        var refused = await client.User.CallAsync($"POST {DomainClient.Path}", new { name });
        refused.AssertRefused(400, "validation_failed");
        Assert.Equal("name", refused.Body.GetProperty("details")[0].Text("field"));
        Assert.Equal(0, (await client.User.CallAsync($"GET {DomainClient.Path}")).Body.GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData("""{"name":"a.example.com","target":{"type":"moon"}}""")]
    [InlineData("""{"name":"a.example.com","target":{}}""")]
    [InlineData("""{"name":"a.example.com","target":{"type":"build","branch":"-x"}}""")]
    [InlineData("""{"name":"a.example.com","target":{"type":"build","branch":"a..b"}}""")]
    [InlineData("""{"name":"a.example.com","redirectTo":"unknown.example.com"}""")]
    [InlineData("""{"target":null}""")]
    public async Task Add_BadInput_IsRefused(string body) =>
        (await (await ClientAsync(Db.Sqlite)).User.CallAsync($"POST {DomainClient.Path}", JsonDocument.Parse(body).RootElement)).AssertRefused(400, "validation_failed");

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Primary_OnlyVerified_AndOneAtATime(Db database)
    {
        var client = await ClientAsync(database);
        var pending = await client.AddAsync(DomainClient.NewName());
        (await client.ChangeAsync(pending, new { isPrimary = true })).AssertRefused(409, "not_verified");
        var (first, second) = (await client.AddVerifiedAsync(DomainClient.NewName()), await client.AddVerifiedAsync(DomainClient.NewName()));
        Assert.True((await client.ChangeAsync(first, new { isPrimary = true })).Data.GetProperty("isPrimary").GetBoolean());
        Assert.True((await client.ChangeAsync(second, new { isPrimary = true })).Data.GetProperty("isPrimary").GetBoolean());
        Assert.False((await client.GetAsync(first)).GetProperty("isPrimary").GetBoolean());

        (await client.User.CallAsync($"DELETE {DomainClient.Path}/{second.Text("id")}")).AssertRefused(409, "primary_domain");
        _ = (await client.User.CallAsync($"DELETE {DomainClient.Path}/{first.Text("id")}")).Data;
        Assert.True((await client.User.CallAsync($"DELETE {DomainClient.Path}/{second.Text("id")}")).Data.GetProperty("deleted").GetBoolean());
        (await client.User.CallAsync($"DELETE {DomainClient.Path}/{second.Text("id")}")).AssertRefused(404, "not_found");
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Redirect_NeedsADomainOfTheProjectAndNoCircle(Db database)
    {
        var client = await ClientAsync(database);
        var names = Enumerable.Range(0, 3).Select(_ => DomainClient.NewName()).ToList();
        var a = await client.AddAsync(names[0]);
        var b = await client.AddAsync(names[1], new { name = names[1], redirectTo = names[0].ToUpperInvariant() });
        var c = await client.AddAsync(names[2], new { name = names[2], redirectTo = names[1] });

        (await client.ChangeAsync(a, new { redirectTo = names[2] })).AssertRefused(400, "validation_failed");
        (await client.ChangeAsync(a, new { redirectTo = names[0] })).AssertRefused(400, "validation_failed");
        (await client.ChangeAsync(a, new { redirectTo = "other.example.com" })).AssertRefused(400, "validation_failed");
        (await client.User.CallAsync($"DELETE {DomainClient.Path}/{a.Text("id")}")).AssertRefused(409, "redirect_target");
        Assert.Equal(JsonValueKind.Null, (await client.ChangeAsync(b, new { redirectTo = (string?)null })).Data.GetProperty("redirectTo").ValueKind);
        Assert.Equal(names[2], (await client.ChangeAsync(a, new { redirectTo = names[2] })).Data.Text("redirectTo"));
        (await client.ChangeAsync(c, new { })).AssertRefused(400, "validation_failed");
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task List_FiltersAndPages(Db database)
    {
        var client = await ClientAsync(database);
        var (first, second) = (await client.AddVerifiedAsync(DomainClient.NewName()), await client.AddAsync(DomainClient.NewName()));
        Assert.Equal([second.Text("name"), first.Text("name")], await NamesAsync(""));
        Assert.Equal([first.Text("name")], await NamesAsync("status=verified"));
        Assert.Equal([second.Text("name"), first.Text("name")], await NamesAsync("status=verified,pending"));
        Assert.Equal([second.Text("name")], await NamesAsync($"search={second.Text("name")[..20].ToUpperInvariant()}"));
        Assert.Equal([first.Text("name")], await NamesAsync("limit=1&offset=1"));
        (await client.User.CallAsync($"GET {DomainClient.Path}?status=gone")).AssertRefused(400, "validation_failed");

        async Task<string[]> NamesAsync(string query) => [.. (await client.User.CallAsync($"GET {DomainClient.Path}?{query}")).Data.EnumerateArray().Select(row => row.Text("name"))];
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Access_ViewersRead_AdminsManage_StrangersFindNothing(Db database)
    {
        var (team, stranger) = (await TestTeam.FormAsync(apps[database]), await ClientAsync(database));
        var domain = await new DomainClient(team.Admin, apps.Names).AddAsync(DomainClient.NewName());
        Assert.Single((await team.Viewer.CallAsync($"GET {DomainClient.Path}")).Data.EnumerateArray());
        (await team.Member.CallAsync($"POST {DomainClient.Path}", new { name = DomainClient.NewName() })).AssertRefused(403, "forbidden");
        (await team.Member.CallAsync($"PATCH {DomainClient.Path}/{domain.Text("id")}", new { verify = true })).AssertRefused(403, "forbidden");
        (await team.Member.CallAsync($"DELETE {DomainClient.Path}/{domain.Text("id")}")).AssertRefused(403, "forbidden");
        (await stranger.ChangeAsync(domain, new { verify = true })).AssertRefused(404, "not_found");
        (await stranger.User.CallAsync($"DELETE {DomainClient.Path}/{domain.Text("id")}")).AssertRefused(404, "not_found");
        Assert.Equal(["domain.add"], (await team.AuditAsync("domain.add")).Where(entry => entry.ResourceName == domain.Text("name")).Select(entry => entry.Action));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Add_AtTheLimit_IsRefused(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database, settings: [("Domains:MaxPerProject", "1")]);
        var client = new DomainClient(await app.CreateUserAsync(), apps.Names);
        await client.AddAsync(DomainClient.NewName());
        (await client.User.CallAsync($"POST {DomainClient.Path}", new { name = DomainClient.NewName() })).AssertRefused(409, "too_many");
    }

    private async Task<DomainClient> ClientAsync(Db database) => new(await apps[database].CreateUserAsync(), apps.Names);
}
