using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

using Platform.Audit;
using Platform.Identity;
using Platform.Organizations;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Identity.Tokens;

/// <summary>What each credential opens in the five families.</summary>
public sealed class TokenIdentityTests(TokenApp shared) : IClassFixture<TokenApp>
{
    private static readonly string[] Families = ["/api/v1/token-probe", "/api/builds/token-probe", "/api/tests/token-probe", "/api/tasks/token-probe", "/models/token-probe"];

    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private PlatformApp App => shared.App;

    [Fact]
    public async Task UserToken_WithTheScopes_OpensAllFamilies()
    {
        var user = await App.CreateUserAsync();
        var token = await App.CreateTokenAsync(user, "*:read");
        var (organization, project) = await App.HomeAsync(user);
        foreach (var path in Families)
        {
            var answer = await token.Client.GetAsync(path);
            Assert.Equal((path, HttpStatusCode.OK), (path, answer.StatusCode));
            Assert.Contains(token.Id.ToString(), await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        var facts = await FactsAsync(token.Client, "/api/v1/token-probe");
        Assert.Equal((user.Id, organization, project, user.Username, false), (facts.UserId!.Value, facts.OrganizationId!.Value, facts.ProjectId!.Value, facts.Username!, facts.IsOperator));
        Assert.All(facts.Permissions, name => Assert.EndsWith(":read", name, StringComparison.Ordinal));
        Assert.Equal(200, await token.Client.StatusAsync("/api/mcp/token-probe"));
    }

    [Theory]
    [InlineData("/api/v1/token-probe", """{"detail":"Insufficient scope"}""")]
    [InlineData("/api/builds/token-probe", "\"code\":\"forbidden\",\"details\":{\"missing\":\"builds:read\"}")]
    [InlineData("/api/tests/token-probe", """{"error":"Insufficient permissions"}""")]
    [InlineData("/api/tasks/token-probe", """{"error":"Insufficient scope","code":"insufficient_scope","required":"tasks:read"}""")]
    [InlineData("/models/token-probe", """{"error":"forbidden","message":"insufficient_scope"}""")]
    [InlineData("/v1/token-probe", "\"code\":\"insufficient_scope\"")]
    public async Task UserToken_WithoutTheScope_Is403InTheFamilysWords(string path, string expected)
    {
        var token = await App.CreateTokenAsync(await App.CreateUserAsync(), "metrics:read");
        var answer = await token.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains(expected, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scopes_NeverGiveMoreThanTheRole()
    {
        var user = await App.CreateUserAsync();
        var token = await App.CreateTokenAsync(user, "*");
        Assert.Equal(200, await token.Client.StatusAsync("/v1/token-probe"));
        Assert.Equal(403, await token.Client.StatusAsync("/api/tests/token-probe/decrypt"));   // no wildcard reveals secrets
        var written = await App.CreateTokenAsync(user, "variables:decrypt");
        Assert.Equal(200, await written.Client.StatusAsync("/api/tests/token-probe/decrypt"));
        await App.SetRoleAsync(user, OrganizationRole.Viewer);
        Assert.Equal(403, await token.Client.StatusAsync("/v1/token-probe"));   // viewers invoke nothing
        Assert.Equal(403, await written.Client.StatusAsync("/api/tests/token-probe/decrypt"));
        Assert.Equal(200, await token.Client.StatusAsync("/api/builds/token-probe"));
    }

    [Fact]
    public async Task InferenceKey_OpensGatewayAndWorkbenchOnly()
    {
        var key = await App.CreateApiKeyAsync(await App.CreateUserAsync());
        Assert.Equal((200, 200), (await key.Client.StatusAsync("/v1/token-probe"), await key.Client.StatusAsync("/workbench/token-probe")));
        foreach (var path in Families.Append("/api/mcp/token-probe").Append("/auth/me"))
            Assert.True(await key.Client.StatusAsync(path) is 403 or 404, path);
        Assert.Equal(403, await key.Client.StatusAsync("/models/token-probe"));
        Assert.Equal("""{"detail":"Insufficient scope"}""", await (await key.Client.GetAsync("/api/v1/token-probe")).Content.ReadAsStringAsync());
        Assert.Equal(403, await key.Client.StatusAsync("/workbench/token-probe/session"));
    }

    [Fact]
    public async Task UserToken_WithInferenceScopes_CountsAsApiKey()
    {
        var token = await App.CreateTokenAsync(await App.CreateUserAsync(), "inference:invoke", "workbench");
        using var byHeader = App.Client(headers => headers.Add("X-API-Key", token.Secret));
        Assert.Equal((200, 200), (await token.Client.StatusAsync("/v1/token-probe"), await byHeader.StatusAsync("/workbench/token-probe")));
        Assert.Equal(403, await byHeader.StatusAsync("/workbench/token-probe/session"));
    }

    [Fact]
    public async Task ApiKeyHeader_IsReadInItsAreasOnlyAndWinsThere()
    {
        var user = await App.CreateUserAsync();
        var key = await App.CreateApiKeyAsync(user);
        using var alone = App.Client(headers => headers.Add("X-API-Key", key.Secret));
        Assert.Equal((200, 401), (await alone.StatusAsync("/v1/token-probe"), await alone.StatusAsync("/models/token-probe")));
        using var bad = App.Client(headers =>
        {
            headers.Add("X-API-Key", "pf_nonsense");
            headers.Authorization = new AuthenticationHeaderValue("Bearer", user.Token);
        });
        Assert.Equal((401, 200), (await bad.StatusAsync("/v1/token-probe"), await bad.StatusAsync("/models/token-probe")));
        using var session = App.Client(headers => headers.Add("X-API-Key", user.Token));
        Assert.Equal(401, await session.StatusAsync("/v1/token-probe"));   // a session JWT is no key
    }

    [Fact]
    public async Task JobKey_OpensItsJobOnly()
    {
        var user = await App.CreateUserAsync();
        var (organization, project) = await App.HomeAsync(user);
        var job = Guid.CreateVersion7();
        var key = await App.CreateJobKeyAsync(user, job);
        var answer = await key.Client.PostAsync($"/api/jobs/{job}/token-probe", null);
        var facts = JsonSerializer.Deserialize<CallerFacts>(await answer.Content.ReadAsStringAsync(), JsonSerializerOptions.Web)!;
        Assert.Equal((null, organization, project, key.Id, "ci"), (facts.UserId, facts.OrganizationId!.Value, facts.ProjectId!.Value, facts.TokenId!.Value, facts.Username!));

        Assert.Equal((401, "Invalid API key"), await JobAsync(key.Client, Guid.CreateVersion7()));
        Assert.Equal((401, "API key required"), await JobAsync(App.Anonymous, job));
        using var odd = App.With("short");
        Assert.Equal((401, "Invalid API key format"), await JobAsync(odd, job));
        Assert.Equal((401, "Invalid API key"), await JobAsync(user.Client, job));
        using var token = (await App.CreateTokenAsync(user, "jobs:trigger")).Client;
        Assert.Equal((401, "Invalid API key"), await JobAsync(token, job));
        foreach (var path in Families.Append("/v1/token-probe").Append("/api/mcp/token-probe").Append("/workbench/token-probe"))
            Assert.Equal((path, 401), (path, await key.Client.StatusAsync(path)));
    }

    [Fact]
    public async Task BearerOnly_ReadsNoCookie()
    {
        var user = await App.CreateUserAsync();
        using var browser = App.Client(user.AsBrowser());
        Assert.Equal((200, 401), (await browser.StatusAsync("/api/tasks/token-probe"), await browser.StatusAsync("/api/mcp/token-probe")));
        Assert.Equal(200, await user.Client.StatusAsync("/api/mcp/token-probe"));
    }

    [Fact]
    public async Task Token_InACookie_IsNoCredential()
    {
        var token = await App.CreateTokenAsync(await App.CreateUserAsync(), "*:read");
        using var browser = App.Client(headers => headers.Add("Cookie", $"access_token={token.Secret}"));
        Assert.Equal(401, await browser.StatusAsync("/api/v1/token-probe"));
    }

    [Fact]
    public async Task BadToken_WinsOverAGoodCookieAndCountsAsNoneOnPublicRoutes()
    {
        var user = await App.CreateUserAsync();
        var token = await App.CreateTokenAsync(user, "*:read");
        await user.Client.DeleteAsync($"/api/dev/tokens/{token.Id}");
        using var browser = App.Client(user.AsBrowser());
        browser.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Secret);
        Assert.Equal(401, await browser.StatusAsync("/api/v1/token-probe"));
        Assert.Null((await FactsAsync(browser, "/api/v1/token-probe/public")).UserId);
    }

    [Fact]
    public async Task SessionOnlyAndOperatorRoutes_RefuseEveryToken()
    {
        var op = await App.OperatorAsync();
        var token = await App.CreateTokenAsync(op, "*");
        Assert.Equal(200, await op.Client.StatusAsync("/api/v1/token-probe/admin"));
        Assert.Equal(403, await token.Client.StatusAsync("/api/v1/token-probe/admin"));   // tokens are never operators
        Assert.False((await FactsAsync(token.Client, "/api/v1/token-probe")).IsOperator);
        var refused = await token.Client.GetAsync("/api/v1/token-probe/session");
        Assert.Equal("""{"detail":"This operation needs an interactive session"}""", await refused.Content.ReadAsStringAsync());
        Assert.Equal(403, await token.Client.StatusAsync("/api/tokens"));
        Assert.Equal(HttpStatusCode.Forbidden, (await token.Client.PostAsync("/api_keys", null)).StatusCode);
    }

    [Fact]
    public async Task WrongChecksum_AsksNoDatabase()
    {
        var token = await App.CreateTokenAsync(await App.CreateUserAsync(), "*:read");
        var mistyped = token.Secret[..^1] + (token.Secret[^1] == 'a' ? 'b' : 'a');
        await App.DatabaseAsync(db => db.AccessTokens.Where(row => row.Id == token.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Hash, TokenHash.Of(mistyped).ToString())));
        using var client = App.With(mistyped);
        Assert.Equal(401, await client.StatusAsync("/api/v1/token-probe"));   // although a row has its hash
    }

    [Fact]
    public async Task DisabledBannedOrRemovedUser_LosesHisTokens()
    {
        var user = await App.CreateUserAsync();
        var token = await App.CreateTokenAsync(user, "*:read");
        await App.DatabaseAsync(db => db.Users.Where(row => row.Id == user.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.IsActive, false)));
        Assert.Equal(401, await token.Client.StatusAsync("/api/v1/token-probe"));
        await App.DatabaseAsync(db => db.Users.Where(row => row.Id == user.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.IsActive, true).SetProperty(row => row.BannedUntil, DateTimeOffset.UtcNow.AddHours(1))));
        Assert.Equal(401, await token.Client.StatusAsync("/api/v1/token-probe"));
        await App.DatabaseAsync(db => db.Users.Where(row => row.Id == user.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.BannedUntil, (DateTimeOffset?)null)));
        Assert.Equal(200, await token.Client.StatusAsync("/api/v1/token-probe"));
        await App.DatabaseAsync(db => db.Memberships.Where(row => row.UserId == user.Id).ExecuteDeleteAsync());
        Assert.Equal(401, await token.Client.StatusAsync("/api/v1/token-probe"));
    }

    [Fact]
    public async Task SuspendedOrganization_RestsItsKeys()
    {
        var user = await App.CreateUserAsync();
        var (token, key) = (await App.CreateTokenAsync(user, "*:read"), await App.CreateApiKeyAsync(user));
        await App.DatabaseAsync(db => db.Organizations.Where(row => row.PersonalUserId == user.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Status, OrganizationStatus.Suspended)));
        Assert.Equal((200, 401), (await token.Client.StatusAsync("/api/v1/token-probe"), await key.Client.StatusAsync("/v1/token-probe")));
        await App.DatabaseAsync(db => db.Organizations.Where(row => row.PersonalUserId == user.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Status, OrganizationStatus.Deleting)));
        Assert.Equal(401, await token.Client.StatusAsync("/api/v1/token-probe"));
    }

    [Fact]
    public async Task ForeignAddress_Is401AndAudited()
    {
        await using var app = await TokenLab.StartAsync(settings: [("Platform:TrustedProxies:0", "127.0.0.0/8"), ("Platform:TrustedProxies:1", "::1")]);
        var user = await app.CreateUserAsync();
        var token = await app.CreateTokenAsync(user.Client, new { name = "t", scopes = new[] { "executions:read" }, ipAllowList = new[] { "203.0.113.0/24" } });
        async Task<int> FromAsync(string address)
        {
            using var client = app.With(token.Secret);
            client.DefaultRequestHeaders.Add("X-Forwarded-For", address);
            return await client.StatusAsync("/api/v1/token-probe");
        }
        Assert.Equal((200, 401, 401), (await FromAsync("203.0.113.7"), await FromAsync("198.51.100.1"), await FromAsync("198.51.100.1")));
        var entry = await app.DatabaseAsync(db => db.AuditEntries.SingleAsync(row => row.Action == "token.ip_refused"));
        Assert.Equal((AuditOutcome.Denied, AuditActor.Token, user.Id, token.Id, "198.51.100.1"), (entry.Outcome, entry.ActorType, entry.ActorId!.Value, entry.TokenId!.Value, entry.IpAddress));
    }

    [Fact]
    public async Task BoundToken_WorksOnItsProject()
    {
        var user = await App.CreateUserAsync();
        var (_, home) = await App.HomeAsync(user);
        var (first, second) = (await App.AddProjectAsync(user, "first"), await App.AddProjectAsync(user, "second"));
        var one = await App.CreateTokenAsync(user.Client, new { name = "one", scopes = new[] { "*:read" }, projectIds = new[] { second } });
        var two = await App.CreateTokenAsync(user.Client, new { name = "two", scopes = new[] { "*:read" }, projectIds = new[] { second, first } });
        var withHome = await App.CreateTokenAsync(user.Client, new { name = "home", scopes = new[] { "*:read" }, projectIds = new[] { second, home } });
        Assert.Equal(second, (await FactsAsync(one.Client, "/api/v1/token-probe")).ProjectId);
        Assert.Equal(first, (await FactsAsync(two.Client, "/api/v1/token-probe")).ProjectId);
        Assert.Equal(home, (await FactsAsync(withHome.Client, "/api/v1/token-probe")).ProjectId);
        await App.DatabaseAsync(db => db.Projects.Where(row => row.Id == second).ExecuteUpdateAsync(set => set.SetProperty(row => row.Status, ProjectStatus.Deleted)));
        Assert.Equal((401, 200), (await one.Client.StatusAsync("/api/v1/token-probe"), await two.Client.StatusAsync("/api/v1/token-probe")));
    }

    private static async Task<CallerFacts> FactsAsync(HttpClient client, string path) =>
        JsonSerializer.Deserialize<CallerFacts>(await client.GetStringAsync(path), SnakeCase)!;

    private static async Task<(int Status, string Message)> JobAsync(HttpClient client, Guid job)
    {
        var answer = await client.PostAsync($"/api/jobs/{job}/token-probe", null);
        var body = await answer.JsonAsync();
        Assert.Equal("Unauthorized", body.Text("error"));
        return ((int)answer.StatusCode, body.Text("message"));
    }
}
