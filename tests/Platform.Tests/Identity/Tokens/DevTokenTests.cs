using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Audit;
using Platform.Identity;
using Platform.Organizations;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Identity.Tokens;

/// <summary>Delivery's operations on access tokens.</summary>
public sealed class DevTokenTests(TokenApp shared) : IClassFixture<TokenApp>
{
    private PlatformApp App => shared.App;

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Life_OfAToken_FromCreationToRevocation(Db db)
    {
        await using var app = await TokenLab.StartAsync(db);
        var user = await app.CreateUserAsync();
        var created = await user.Client.PostTokenAsync(new { name = " deploy ", scopes = new[] { "executions:read", "builds:*" }, ipAllowList = new[] { "127.0.0.0/8", "::1" } });
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal("no-store", created.Headers.CacheControl!.ToString());
        var data = await created.DataAsync();
        var (id, secret) = (data.GetProperty("id").GetGuid(), data.Text("token"));
        Assert.Equal(("dev", "deploy", "active", secret[..8], user.Id), (data.Text("kind"), data.Text("name"), data.Text("status"), data.Text("prefix"), data.GetProperty("createdBy").GetGuid()));
        Assert.InRange(data.GetProperty("expiresAt").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddDays(89.9), DateTimeOffset.UtcNow.AddDays(90));
        using var client = app.With(secret);
        Assert.Equal(200, await client.StatusAsync("/api/v1/token-probe"));

        var stored = await app.DatabaseAsync(found => found.AccessTokens.AsNoTracking().SingleAsync());
        Assert.Equal(TokenHash.Of(secret).ToString(), stored.Hash);
        var listed = (await (await user.Client.GetAsync("/api/dev/tokens")).JsonAsync()).GetProperty("data")[0];
        Assert.Equal(id, listed.GetProperty("id").GetGuid());
        Assert.False(listed.TryGetProperty("token", out _));
        Assert.Equal("127.0.0.1", listed.Text("lastUsedIp"));

        var rotated = await (await user.Client.PatchAsJsonAsync($"/api/dev/tokens/{id}/rotate", new { overlapSeconds = 600 })).DataAsync();
        Assert.Equal(("rotating", id), (rotated.Text("status"), rotated.GetProperty("id").GetGuid()));
        using var second = app.With(rotated.Text("token"));
        Assert.Equal((200, 200), (await client.StatusAsync("/api/v1/token-probe"), await second.StatusAsync("/api/v1/token-probe")));

        Assert.Equal("revoked", (await (await user.Client.DeleteAsync($"/api/dev/tokens/{id}")).DataAsync()).Text("status"));
        Assert.Equal((401, 401), (await client.StatusAsync("/api/v1/token-probe"), await second.StatusAsync("/api/v1/token-probe")));
        Assert.Equal(HttpStatusCode.OK, (await user.Client.DeleteAsync($"/api/dev/tokens/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await user.Client.PatchAsync($"/api/dev/tokens/{id}/rotate", null)).StatusCode);

        Assert.Equal(["token.create", "token.rotate", "token.revoke", "token.revoke", "token.rotate"], await ActionsAsync(app));
        var events = await app.DatabaseAsync(found => found.Events.Where(e => e.AggregateId == id.ToString()).OrderBy(e => e.StoredAt).ThenBy(e => e.EventType).ToListAsync());
        Assert.Equal(["token.created", "token.revoked"], events.Select(e => e.EventType));
        Assert.All(events, e => Assert.DoesNotContain(secret[11..], e.Payload + e.Metadata, StringComparison.Ordinal));
    }

    [Fact]
    public async Task List_FiltersSortsAndPages()
    {
        var user = await App.CreateUserAsync();
        foreach (var name in new[] { "alpha", "beta", "gamma" })
            await App.CreateTokenAsync(user.Client, new { name, scopes = new[] { "builds:read" }, expiresInDays = name == "beta" ? 300 : 30 });
        var gamma = (await NamesAsync(user, "")).Ids[0];
        await user.Client.DeleteAsync($"/api/dev/tokens/{gamma}");

        Assert.Equal(["beta", "alpha"], (await NamesAsync(user, "")).Names);
        Assert.Equal(["gamma"], (await NamesAsync(user, "?status=revoked")).Names);
        Assert.Equal(["gamma", "beta", "alpha"], (await NamesAsync(user, "?status=live,revoked")).Names);
        Assert.Equal(["beta"], (await NamesAsync(user, "?search=BET")).Names);
        Assert.Equal(["alpha", "beta"], (await NamesAsync(user, "?sort=expiresAt")).Names);
        Assert.Equal(["alpha"], (await NamesAsync(user, "?limit=1&offset=1")).Names);
        foreach (var query in new[] { "?limit=0", "?limit=201", "?offset=-1", "?status=odd", "?sort=name" })
            Assert.Equal(400, await user.Client.StatusAsync("/api/dev/tokens" + query));
    }

    [Theory]
    [InlineData("""{"scopes":["builds:read"]}""")]
    [InlineData("""{"name":"  ","scopes":["builds:read"]}""")]
    [InlineData("""{"name":"a\u0007b","scopes":["builds:read"]}""")]
    [InlineData("""{"name":"x","scopes":[]}""")]
    [InlineData("""{"name":"x","scopes":["builds:fly"]}""")]
    [InlineData("""{"name":"x","scopes":["platform:users"]}""")]
    [InlineData("""{"name":"x","scopes":["builds:read"],"expiresInDays":366}""")]
    [InlineData("""{"name":"x","scopes":["builds:read"],"expiresInDays":0}""")]
    [InlineData("""{"name":"x","scopes":["builds:read"],"expiresAt":"2020-01-01T00:00:00Z"}""")]
    [InlineData("""{"name":"x","scopes":["builds:read"],"expiresAt":"2999-01-01T00:00:00Z"}""")]
    [InlineData("""{"name":"x","scopes":["builds:read"],"expiresAt":"soon"}""")]
    [InlineData("""{"name":"x","scopes":["builds:read"],"expiresAt":5}""")]
    [InlineData("""{"name":"x","scopes":["builds:read"],"expiresAt":null}""")]
    [InlineData("""{"name":"x","scopes":["builds:read"],"expiresAt":"2026-12-01T00:00:00Z","expiresInDays":3}""")]
    [InlineData("""{"name":"x","scopes":["builds:read"],"ipAllowList":["10.0.0.0/33"]}""")]
    [InlineData("""{"name":"x","scopes":["builds:read"],"projectIds":[]}""")]
    public async Task Create_BadInput_Is400(string body)
    {
        var user = await App.CreateUserAsync();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.BadRequest, (await user.Client.PostAsync("/api/dev/tokens", content)).StatusCode);
    }

    [Fact]
    public async Task Create_WithoutAnEnd_OnlyWhereThePlatformAllowsIt()
    {
        await using var app = await TokenLab.StartAsync(settings: ("Tokens:AllowNonExpiring", "true"));
        var user = await app.CreateUserAsync();
        var data = await (await user.Client.PostTokenAsync(new { name = "for ever", scopes = new[] { "builds:read" }, expiresAt = (string?)null })).DataAsync();
        Assert.Equal(System.Text.Json.JsonValueKind.Null, data.GetProperty("expiresAt").ValueKind);
    }

    [Fact]
    public async Task Create_ByRole_GivesNoMoreThanTheMakerHolds()
    {
        await using var app = await TokenLab.StartAsync();
        var user = await app.CreateUserAsync();
        await app.SetRoleAsync(user, OrganizationRole.Viewer);
        Assert.Equal((403, "privilege_escalation"), await TryAsync(user.Client, "builds:create"));
        Assert.Equal((403, "privilege_escalation"), await TryAsync(user.Client, "*"));
        Assert.Equal((403, "privilege_escalation"), await TryAsync(user.Client, "*:read"));
        Assert.Equal((201, null), await TryAsync(user.Client, "builds:read"));
        await app.SetRoleAsync(user, OrganizationRole.Member);
        Assert.Equal((201, null), await TryAsync(user.Client, "builds:*"));
        Assert.Equal((403, "privilege_escalation"), await TryAsync(user.Client, "databases:*"));
        Assert.Equal((201, null), await TryAsync(user.Client, "checks:read", "workbench"));
        await app.SetRoleAsync(user, OrganizationRole.Owner);
        Assert.Equal((201, null), await TryAsync(user.Client, "*"));

        var denied = await app.DatabaseAsync(db => db.AuditEntries.Where(entry => entry.Action == "token.create" && entry.Outcome == AuditOutcome.Denied).CountAsync());
        Assert.Equal(4, denied);
    }

    [Fact]
    public async Task Create_WithAToken_GivesNoMoreThanTheTokenHas()
    {
        var user = await App.CreateUserAsync();
        var (_, home) = await App.HomeAsync(user);
        var other = await App.AddProjectAsync(user, "other");
        var parent = await App.CreateTokenAsync(user.Client, new
        {
            name = "parent",
            scopes = new[] { "tokens:manage", "builds:*", "env:read" },
            expiresInDays = 10,
            projectIds = new[] { home },
            ipAllowList = new[] { "127.0.0.0/8", "::1" },
        });

        async Task<(int, string?)> ChildAsync(object body) => await OutcomeAsync(await parent.Client.PostTokenAsync(body));
        Assert.Equal((403, "privilege_escalation"), await ChildAsync(new { name = "a", scopes = new[] { "functions:read" } }));
        Assert.Equal((403, "privilege_escalation"), await ChildAsync(new { name = "a", scopes = new[] { "*" } }));
        Assert.Equal((403, "privilege_escalation"), await ChildAsync(new { name = "a", scopes = new[] { "builds:read" }, projectIds = new[] { other } }));
        Assert.Equal((403, "privilege_escalation"), await ChildAsync(new { name = "a", scopes = new[] { "builds:read" }, expiresInDays = 11 }));
        Assert.Equal((403, "privilege_escalation"), await ChildAsync(new { name = "a", scopes = new[] { "builds:read" }, ipAllowList = new[] { "10.0.0.0/8" } }));

        var child = await (await parent.Client.PostTokenAsync(new { name = "child", scopes = new[] { "builds:*" } })).DataAsync();
        Assert.Equal(home, Assert.Single(child.GetProperty("projectIds").EnumerateArray()).GetGuid());
        Assert.Equal(["127.0.0.0/8", "::1"], child.GetProperty("ipAllowList").EnumerateArray().Select(item => item.GetString()!));
        Assert.True(child.GetProperty("expiresAt").GetDateTimeOffset() <= DateTimeOffset.UtcNow.AddDays(10));

        var poor = await App.CreateTokenAsync(user, "builds:read");
        Assert.Equal((403, "forbidden"), await OutcomeAsync(await poor.Client.PostTokenAsync(new { name = "b", scopes = new[] { "builds:read" } })));
    }

    [Fact]
    public async Task Create_ForForeignProjects_Is404()
    {
        var (user, stranger) = (await App.CreateUserAsync(), await App.CreateUserAsync());
        var (_, foreign) = await App.HomeAsync(stranger);
        Assert.Equal((404, "not_found"), await OutcomeAsync(await user.Client.PostTokenAsync(new { name = "a", scopes = new[] { "builds:read" }, projectIds = new[] { foreign } })));
    }

    [Fact]
    public async Task Names_OfLiveTokens_AreUniqueWithoutRegardToCase()
    {
        var clock = new ShiftedClock();
        await using var app = await TokenLab.StartAsync(configure: services => services.AddSingleton<TimeProvider>(clock));
        var user = await app.CreateUserAsync();
        var first = await app.CreateTokenAsync(user.Client, new { name = "Deploy", scopes = new[] { "builds:read" }, expiresInDays = 1 });
        Assert.Equal((409, "name_taken"), await OutcomeAsync(await user.Client.PostTokenAsync(new { name = "deploy", scopes = new[] { "builds:read" } })));
        Assert.Equal(HttpStatusCode.Conflict, (await user.Client.PostAsJsonAsync("/api/tokens", new { name = "DEPLOY" })).StatusCode);
        await user.Client.DeleteAsync($"/api/dev/tokens/{first.Id}");
        await app.CreateTokenAsync(user.Client, new { name = "deploy", scopes = new[] { "builds:read" }, expiresInDays = 1 });
        clock.Advance(TimeSpan.FromDays(1.1));
        var later = await SignInAsync(app, user);
        await app.CreateTokenAsync(later, new { name = "deploy", scopes = new[] { "builds:read" } });   // the expired one gave its name back
    }

    [Fact]
    public async Task Foreign_Tokens_AreNotFoundExceptByAdmins()
    {
        var (owner, member, stranger) = (await App.CreateUserAsync(), await App.CreateUserAsync(), await App.CreateUserAsync());
        await App.JoinAsync(member, owner, OrganizationRole.Member);
        var (his, hers) = (await App.CreateTokenAsync(member, "builds:read"), await App.CreateTokenAsync(owner, "builds:read"));

        foreach (var (client, id) in new[] { (stranger.Client, his.Id), (member.Client, hers.Id), (member.Client, Guid.CreateVersion7()) })
        {
            Assert.Equal(404, (int)(await client.DeleteAsync($"/api/dev/tokens/{id}")).StatusCode);
            Assert.Equal(404, (int)(await client.PatchAsJsonAsync($"/api/dev/tokens/{id}/rotate", new { overlapSeconds = -1 })).StatusCode);   // before the body
            Assert.Equal(404, (int)(await client.PatchAsJsonAsync($"/api/dev/tokens/{id}/scopes", new { })).StatusCode);
            Assert.Equal(404, await client.StatusAsync($"/api/dev/tokens/{id}/usage?period=odd"));
        }
        Assert.Equal(404, await member.Client.StatusAsync("/api/dev/tokens/nonsense/usage"));
        Assert.Equal(403, await member.Client.StatusAsync("/api/dev/tokens?all=true"));
        Assert.Equal(2, (await (await owner.Client.GetAsync("/api/dev/tokens?all=true")).JsonAsync()).GetProperty("total").GetInt32());
        Assert.Equal(200, await owner.Client.StatusAsync($"/api/dev/tokens/{his.Id}/usage"));
        Assert.Equal(403, (int)(await owner.Client.PatchAsync($"/api/dev/tokens/{his.Id}/rotate", null)).StatusCode);
        Assert.Equal(200, (int)(await owner.Client.DeleteAsync($"/api/dev/tokens/{his.Id}")).StatusCode);
        Assert.Equal(401, await his.Client.StatusAsync("/api/v1/token-probe"));
    }

    private static async Task<(IReadOnlyList<string> Names, IReadOnlyList<Guid> Ids)> NamesAsync(TestUser user, string query)
    {
        var rows = (await (await user.Client.GetAsync("/api/dev/tokens" + query)).JsonAsync()).GetProperty("data").EnumerateArray().ToList();
        return ([.. rows.Select(row => row.Text("name"))], [.. rows.Select(row => row.GetProperty("id").GetGuid())]);
    }

    private static async Task<(int Status, string? Code)> TryAsync(HttpClient client, params string[] scopes) =>
        await OutcomeAsync(await client.PostTokenAsync(new { name = $"t-{Guid.CreateVersion7():N}", scopes }));

    private static async Task<(int Status, string? Code)> OutcomeAsync(HttpResponseMessage answer)
    {
        var body = await answer.JsonAsync();
        return ((int)answer.StatusCode, body.TryGetProperty("code", out var code) ? code.GetString() : null);
    }

    private static async Task<HttpClient> SignInAsync(PlatformApp app, TestUser user)
    {
        using var form = PlatformApp.LoginForm(user.Username, PlatformApp.Password);
        var answer = await (await app.Anonymous.PostAsync("/api/v1/auth/login", form)).JsonAsync();
        return app.With(answer.Text("access_token"));
    }

    private static Task<List<string>> ActionsAsync(PlatformApp app) => app.DatabaseAsync(db =>
        db.AuditEntries.Where(entry => entry.Action.StartsWith("token.")).OrderBy(entry => entry.Id).Select(entry => entry.Action).ToListAsync());
}
