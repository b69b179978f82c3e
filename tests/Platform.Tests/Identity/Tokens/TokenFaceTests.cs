using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Identity;
using Platform.Organizations;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Identity.Tokens;

/// <summary>The operations of agents, inference and checks on the one store.</summary>
public sealed class TokenFaceTests(TokenApp shared) : IClassFixture<TokenApp>
{
    private PlatformApp App => shared.App;

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Agents_ShowTheRowsOfDelivery(Db db)
    {
        await using var app = await TokenLab.StartAsync(db);
        var user = await app.CreateUserAsync();
        var dev = await app.CreateTokenAsync(user, "executions:read");
        var created = await user.Client.PostAsJsonAsync("/api/tokens", new { name = "agent" });
        var body = await created.JsonAsync();
        Assert.Equal((HttpStatusCode.Created, body.Text("token")[..11], "no-store"), (created.StatusCode, body.Text("tokenPrefix"), created.Headers.CacheControl!.ToString()));
        Assert.Equal(["tasks:read", "tasks:write"], body.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()!));
        using var client = app.With(body.Text("token"));
        Assert.Equal((200, 403), (await client.StatusAsync("/api/tasks/token-probe"), await client.StatusAsync("/api/v1/token-probe")));

        var (id, list) = (body.GetProperty("id").GetGuid(), (await (await user.Client.GetAsync("/api/tokens")).JsonAsync()).GetProperty("tokens"));
        Assert.Equal([id, dev.Id], list.EnumerateArray().Select(row => row.GetProperty("id").GetGuid()));
        Assert.Equal(2, (await (await user.Client.GetAsync("/api/dev/tokens")).JsonAsync()).GetProperty("total").GetInt32());

        var revoked = await user.Client.DeleteAsync($"/api/tokens/{id}");
        Assert.Equal("""{"success":true}""", await revoked.Content.ReadAsStringAsync());
        Assert.Equal(401, await client.StatusAsync("/api/tasks/token-probe"));
        var again = await user.Client.DeleteAsync($"/api/tokens/{id}");
        Assert.Equal((HttpStatusCode.NotFound, """{"success":false,"error":"Token not found","code":"not_found"}"""), (again.StatusCode, await again.Content.ReadAsStringAsync()));
        var foreign = (await app.CreateUserAsync()).Client;
        Assert.Equal(HttpStatusCode.NotFound, (await foreign.DeleteAsync($"/api/tokens/{dev.Id}")).StatusCode);
        Assert.Equal(1, (await (await user.Client.GetAsync("/api/tokens")).JsonAsync()).GetProperty("tokens").GetArrayLength());
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"name":""}""")]
    [InlineData("""{"name":"x","scopes":["odd"]}""")]
    [InlineData("""{"name":"x","expiresAt":"2020-01-01T00:00:00Z"}""")]
    [InlineData("""{"name":"x","expiresAt":"2999-01-01T00:00:00Z"}""")]
    [InlineData("""{"name":"x","expiresAt":null}""")]
    public async Task Agents_BadInput_Is400(string body)
    {
        var user = await App.CreateUserAsync();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.BadRequest, (await user.Client.PostAsync("/api/tokens", content)).StatusCode);
    }

    [Fact]
    public async Task Agents_DefaultScopes_AreThoseThatTheUserHolds()
    {
        var user = await App.CreateUserAsync();
        await App.SetRoleAsync(user, OrganizationRole.Viewer);
        var body = await (await user.Client.PostAsJsonAsync("/api/tokens", new { name = "viewer" })).JsonAsync();
        Assert.Equal("tasks:read", Assert.Single(body.GetProperty("scopes").EnumerateArray()).GetString());
        Assert.Equal(HttpStatusCode.Forbidden, (await user.Client.PostAsJsonAsync("/api/tokens", new { name = "more", scopes = new[] { "tasks:write" } })).StatusCode);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task ApiKeys_LiveRenameSearchAndDie(Db db)
    {
        await using var app = await TokenLab.StartAsync(db);
        var user = await app.CreateUserAsync();
        var created = await user.Client.PostAsJsonAsync("/api_keys", new { name = " first ", expires_in_days = 3650 });
        Assert.Equal(HttpStatusCode.OK, created.StatusCode);
        var body = await created.JsonAsync();
        var key = body.GetProperty("key");
        Assert.Equal((body.Text("api_key")[..11], "first"), (key.Text("key_prefix"), key.Text("name")));
        Assert.Equal(["id", "name", "key_prefix", "created_at", "last_used_at", "expires_at", "revoked_at"], key.EnumerateObject().Select(member => member.Name));
        var second = await app.CreateApiKeyAsync(user);
        Assert.Equal([second.Id, key.GetProperty("id").GetGuid()], (await (await user.Client.GetAsync("/api_keys")).JsonAsync()).EnumerateArray().Select(row => row.GetProperty("id").GetGuid()));

        Assert.Equal("renamed", (await (await user.Client.PutAsJsonAsync($"/api_keys/{second.Id}", new { name = "renamed" })).JsonAsync()).Text("name"));
        var revoked = await user.Client.DeleteAsync($"/api_keys/{second.Id}");
        Assert.True((await revoked.JsonAsync()).GetProperty("revoked_at").TryGetDateTimeOffset(out _));
        Assert.Equal(401, await second.Client.StatusAsync("/v1/token-probe"));
        Assert.Equal(HttpStatusCode.NotFound, (await user.Client.DeleteAsync($"/api_keys/{second.Id}")).StatusCode);

        var page = await (await user.Client.GetAsync("/api_keys/search?q=FIR&limit=9999&offset=-3&sort_by=name&sort_dir=asc")).JsonAsync();
        Assert.Equal((0, 500, 2, 1), (page.GetProperty("offset").GetInt32(), page.GetProperty("limit").GetInt32(), page.GetProperty("total_count").GetInt32(), page.GetProperty("filtered_count").GetInt32()));
        Assert.Equal("renamed", (await (await user.Client.GetAsync("/api_keys/search?active=false")).JsonAsync()).GetProperty("rows")[0].Text("name"));
        Assert.Equal("first", (await (await user.Client.GetAsync("/api_keys/search?active=true")).JsonAsync()).GetProperty("rows")[0].Text("name"));
        Assert.Equal(["first", "renamed"], (await (await user.Client.GetAsync("/api_keys/search?order_by=revoked_at&order_dir=desc")).JsonAsync()).GetProperty("rows").EnumerateArray().Select(row => row.Text("name")).Order());
    }

    [Theory]
    [InlineData("POST", "/api_keys", "{}", 400, "invalid_request", "name_required")]
    [InlineData("POST", "/api_keys", """{"name":" "}""", 400, "invalid_request", "name_required")]
    [InlineData("POST", "/api_keys", """{"name":"NAME101"}""", 400, "invalid_request", "name_too_long")]
    [InlineData("POST", "/api_keys", """{"name":"x","expires_in_days":0}""", 400, "invalid_request", "invalid_expiry")]
    [InlineData("POST", "/api_keys", """{"name":"x","expires_in_days":3651}""", 400, "invalid_request", "invalid_expiry")]
    [InlineData("PUT", "/api_keys/nonsense", """{"name":"x"}""", 400, "invalid_id", "invalid_id")]
    [InlineData("DELETE", "/api_keys/nonsense", null, 400, "invalid_id", "invalid_id")]
    [InlineData("PUT", "/api_keys/00000000-0000-7000-8000-000000000001", """{"name":"x"}""", 404, "not_found", "api_key_not_found")]
    [InlineData("GET", "/api_keys/search?sort_by=odd", null, 400, "invalid_request", "unknown_sort_field")]
    [InlineData("GET", "/api_keys/search?sort_dir=odd", null, 400, "invalid_request", "unknown_sort_dir")]
    public async Task ApiKeys_BadInput_IsRefusedInTheFamilysWords(string method, string path, string? body, int status, string error, string message)
    {
        var user = await App.CreateUserAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body.Replace("NAME101", new string('x', 101), StringComparison.Ordinal), System.Text.Encoding.UTF8, "application/json");
        var answer = await user.Client.SendAsync(request);
        var json = await answer.JsonAsync();
        Assert.Equal((status, error, message), ((int)answer.StatusCode, json.Text("error"), json.Text("message")));
    }

    [Fact]
    public async Task ApiKeys_OfViewersAndOthers_AreRefused()
    {
        var (user, other) = (await App.CreateUserAsync(), await App.CreateUserAsync());
        var key = await App.CreateApiKeyAsync(user);
        Assert.Equal(HttpStatusCode.NotFound, (await other.Client.PutAsJsonAsync($"/api_keys/{key.Id}", new { name = "x" })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await other.Client.DeleteAsync($"/api_keys/{key.Id}")).StatusCode);
        await App.SetRoleAsync(other, OrganizationRole.Viewer);
        var refused = await other.Client.PostAsJsonAsync("/api_keys", new { name = "x" });
        Assert.Equal((HttpStatusCode.Forbidden, "insufficient_role"), (refused.StatusCode, (await refused.JsonAsync()).Text("message")));
        Assert.Equal(0, (await (await other.Client.GetAsync("/api_keys")).JsonAsync()).GetArrayLength());
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task VerifyKey_TellsGoodFromBad(Db db)
    {
        var clock = new ShiftedClock();
        await using var app = await TokenLab.StartAsync(db, configure: services => services.AddSingleton<TimeProvider>(clock), settings: ("RateLimit:Limits:verify_key", "1000"));
        var user = await app.CreateUserAsync();
        var job = Guid.CreateVersion7();
        var key = await app.CreateJobKeyAsync(user, job, life: TimeSpan.FromHours(1));

        var good = await VerifyAsync(app, new { apiKey = key.Secret, jobId = job });
        Assert.Equal((200, $$"""{"valid":true,"keyId":"{{key.Id}}","jobId":"{{job}}"}"""), good);
        Assert.Equal(200, (await VerifyAsync(app, new { apiKey = key.Secret })).Status);
        Assert.Equal((403, """{"error":"Unauthorized"}"""), await VerifyAsync(app, new { apiKey = key.Secret, jobId = Guid.CreateVersion7() }));
        Assert.Equal((401, """{"error":"Unauthorized","message":"Invalid API key"}"""), await VerifyAsync(app, new { apiKey = TokenSecret.Create(TokenKind.Job) }));
        Assert.Equal(401, (await VerifyAsync(app, new { apiKey = (await app.CreateTokenAsync(user, "*")).Secret })).Status);
        Assert.Equal(400, (await VerifyAsync(app, new { apiKey = "short" })).Status);
        Assert.Equal(400, (await VerifyAsync(app, new { })).Status);
        Assert.NotNull(app.Services.GetRequiredService<TokenUsage>().LastOf(key.Id));

        await ChangeAsync(app, user, job, key.Id, new JobKeyChange("other", Enabled: false, 5, 10));
        Assert.Equal((401, """{"error":"Unauthorized","message":"Invalid API key"}"""), await VerifyAsync(app, new { apiKey = key.Secret }));
        await ChangeAsync(app, user, job, key.Id, new JobKeyChange(null, Enabled: true, null, null));
        Assert.Equal(200, (await VerifyAsync(app, new { apiKey = key.Secret })).Status);
        await app.DatabaseAsync(found => found.Projects.ExecuteUpdateAsync(set => set.SetProperty(row => row.Status, ProjectStatus.Archived)));
        Assert.Equal(401, (await VerifyAsync(app, new { apiKey = key.Secret })).Status);
        await app.DatabaseAsync(found => found.Projects.ExecuteUpdateAsync(set => set.SetProperty(row => row.Status, ProjectStatus.Active)));
        clock.Advance(TimeSpan.FromHours(1.1));
        Assert.Equal((401, """{"error":"Unauthorized","message":"API key expired"}"""), await VerifyAsync(app, new { apiKey = key.Secret }));
    }

    [Fact]
    public async Task VerifyKey_IsLimitedByAddress()
    {
        await using var app = await TokenLab.StartAsync();
        for (var i = 0; i < 10; i++)
            Assert.Equal(401, (await VerifyAsync(app, new { apiKey = TokenSecret.Create(TokenKind.Job) })).Status);
        Assert.Equal(429, (await VerifyAsync(app, new { apiKey = TokenSecret.Create(TokenKind.Job) })).Status);
    }

    [Fact]
    public async Task JobKeys_HaveUniqueNamesAndALimit()
    {
        var user = await App.CreateUserAsync();
        var (organization, project) = await App.HomeAsync(user);
        var job = Guid.CreateVersion7();
        var first = await App.CreateJobKeyAsync(user, job, "key 0");
        for (var i = 1; i < JobKeys.MaxPerJob; i++)
            await App.CreateJobKeyAsync(user, job, $"key {i}");
        await App.CreateJobKeyAsync(user, Guid.CreateVersion7(), "key 0");   // another job

        await using var scope = App.As(TestCallers.User(user.Id, organization));
        var keys = scope.ServiceProvider.GetRequiredService<JobKeys>();
        Assert.Equal("token.token_limit", (await keys.CreateAsync(job, project, new WishedJobKey("one more", null, null, null), CancellationToken.None)).Error!.Code);
        Assert.Equal("token.name_taken", (await keys.UpdateAsync(job, first.Id, new JobKeyChange("KEY 3", null, null, null), CancellationToken.None)).Error!.Code);
        Assert.Equal("job_key.not_found", (await keys.DeleteAsync(Guid.CreateVersion7(), first.Id, CancellationToken.None)).Error!.Code);
        Assert.True((await keys.DeleteAsync(job, first.Id, CancellationToken.None)).IsOk);
        Assert.Equal("token.name_taken", (await keys.CreateAsync(job, project, new WishedJobKey("Key 1", null, null, null), CancellationToken.None)).Error!.Code);
        Assert.True((await keys.CreateAsync(job, project, new WishedJobKey("key 0", null, null, null), CancellationToken.None)).IsOk);
        Assert.Equal(JobKeys.MaxPerJob, (await keys.ListAsync(job, CancellationToken.None)).Count);
    }

    private static async Task<(int Status, string Body)> VerifyAsync(PlatformApp app, object body)
    {
        var answer = await app.Anonymous.PostAsJsonAsync("/api/auth/verify-key", body);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static async Task ChangeAsync(PlatformApp app, TestUser user, Guid job, Guid key, JobKeyChange change)
    {
        var (organization, _) = await app.HomeAsync(user);
        await using var scope = app.As(TestCallers.User(user.Id, organization));
        Assert.True((await scope.ServiceProvider.GetRequiredService<JobKeys>().UpdateAsync(job, key, change, CancellationToken.None)).IsOk);
    }
}
