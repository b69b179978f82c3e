using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Events;
using Platform.Identity;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Identity.Tokens;

/// <summary>Limits, repetition and several nodes.</summary>
public sealed class TokenLimitTests
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Create_InParallelAtTheLimit_StopsThere(Db db)
    {
        await using var app = await TokenLab.StartAsync(db);
        await using var other = db == Db.Postgres ? await TokenLab.StartAsync(db, app.Services.GetRequiredService<DatabaseSettings>().ConnectionString) : null;
        var user = await app.CreateUserAsync();
        using var there = (other ?? app).With(user.Token);

        var agents = await Task.WhenAll(Enumerable.Range(0, 25).Select(i => (i % 2 == 0 ? user.Client : there).PostAsJsonAsync("/api/tokens", new { name = $"a{i}" })));
        Assert.Equal(20, agents.Count(answer => answer.StatusCode == HttpStatusCode.Created));
        var refused = await agents.First(answer => answer.StatusCode == HttpStatusCode.Conflict).JsonAsync();
        Assert.Equal("Token limit reached", refused.Text("error"));
        var dev = await Task.WhenAll(Enumerable.Range(0, 35).Select(i => (i % 2 == 0 ? user.Client : there).PostTokenAsync(new { name = $"d{i}", scopes = new[] { "builds:read" } })));
        Assert.Equal(30, dev.Count(answer => answer.StatusCode == HttpStatusCode.Created));   // one count, another bound
        Assert.Equal("token_limit", (await dev.First(answer => answer.StatusCode == HttpStatusCode.Conflict).JsonAsync()).Text("code"));
        var keys = await Task.WhenAll(Enumerable.Range(0, 55).Select(i => (i % 2 == 0 ? user.Client : there).PostAsJsonAsync("/api_keys", new { name = "same" })));
        Assert.Equal(50, keys.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        Assert.Equal("api_key_limit_reached", (await keys.First(answer => answer.StatusCode == HttpStatusCode.Conflict).JsonAsync()).Text("error"));
        Assert.Equal(100, await app.DatabaseAsync(found => found.AccessTokens.CountAsync()));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Create_InParallelWithOneName_MakesOne(Db db)
    {
        await using var app = await TokenLab.StartAsync(db);
        var user = await app.CreateUserAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => user.Client.PostTokenAsync(new { name = "same", scopes = new[] { "builds:read" } })));
        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.Created));
        Assert.Equal(9, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
    }

    [Theory]
    [InlineData("/api/dev/tokens", """{"name":"x","scopes":["builds:read"]}""", "token", HttpStatusCode.Created)]
    [InlineData("/api/tokens", """{"name":"x"}""", "token", HttpStatusCode.Created)]
    [InlineData("/api_keys", """{"name":"x"}""", "api_key", HttpStatusCode.OK)]
    public async Task Create_WithAKeyAgain_IsRefusedWithTheIdAndStoresNoSecret(string path, string body, string member, HttpStatusCode status)
    {
        await using var app = await TokenLab.StartAsync();
        var user = await app.CreateUserAsync();
        user.Client.DefaultRequestHeaders.Add("Idempotency-Key", "k-1");
        var first = await PostAsync(user, path, body);
        var text = await first.Content.ReadAsStringAsync();
        Assert.Equal(status, first.StatusCode);
        var id = await app.DatabaseAsync(db => db.AccessTokens.Select(token => token.Id).SingleAsync());

        var again = await PostAsync(user, path, body);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Contains($"\"id\":\"{id}\"", await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var stored = await app.DatabaseAsync(db => db.IdempotencyKeys.SingleAsync());
        var secret = System.Text.RegularExpressions.Regex.Match(text, $"\"{member}\":\"(pf_[^\"]+)\"").Groups[1].Value;
        Assert.NotEmpty(secret);
        Assert.Equal(IdempotencyStatus.Completed, stored.Status);
        Assert.DoesNotContain(secret, stored.Result, StringComparison.Ordinal);
        Assert.Equal(1, await app.DatabaseAsync(db => db.AccessTokens.CountAsync()));
    }

    [Fact]
    public async Task RevokeRotateAndScopes_ActOnOtherNodesWithinTwoSeconds()
    {
        await using var first = await TokenLab.StartAsync(Db.Postgres);
        await using var second = await TokenLab.StartAsync(Db.Postgres, first.Services.GetRequiredService<DatabaseSettings>().ConnectionString);
        var user = await first.CreateUserAsync();
        var (revoked, rotated, narrowed) = (
            await first.CreateTokenAsync(user, "executions:read"), await first.CreateTokenAsync(user, "executions:read"), await first.CreateTokenAsync(user, "executions:read", "builds:read"));
        using var revokedThere = second.With(revoked.Secret);
        using var rotatedThere = second.With(rotated.Secret);
        using var narrowedThere = second.With(narrowed.Secret);
        foreach (var client in new[] { revokedThere, rotatedThere, narrowedThere })
            Assert.Equal(200, await client.StatusAsync("/api/v1/token-probe"));

        await user.Client.DeleteAsync($"/api/dev/tokens/{revoked.Id}");
        await user.Client.PatchAsJsonAsync($"/api/dev/tokens/{rotated.Id}/rotate", new { overlapSeconds = 0 });
        await user.Client.PatchAsJsonAsync($"/api/dev/tokens/{narrowed.Id}/scopes", new { scopes = new[] { "builds:read" } });
        var since = Stopwatch.StartNew();
        await Until.TrueAsync(async () => await revokedThere.StatusAsync("/api/v1/token-probe") == 401, "the other node notices the revocation");
        await Until.TrueAsync(async () => await rotatedThere.StatusAsync("/api/v1/token-probe") == 401, "the other node notices the rotation");
        await Until.TrueAsync(async () => await narrowedThere.StatusAsync("/api/v1/token-probe") == 403, "the other node notices the scopes");
        Assert.InRange(since.Elapsed.TotalSeconds, 0, 2.5);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task RevokeAll_OfUserAndOrganization_EndsEveryKind(Db db)
    {
        await using var app = await TokenLab.StartAsync(db);
        var (user, host) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var job = Guid.CreateVersion7();
        var (own, key, jobKey) = (await app.CreateTokenAsync(user, "executions:read"), await app.CreateApiKeyAsync(user), await app.CreateJobKeyAsync(user, job));
        var (home, _) = await app.HomeAsync(user);
        await app.JoinAsync(user, host, Platform.Organizations.OrganizationRole.Member);
        var abroad = await app.CreateTokenAsync(user, "executions:read");

        await RevokeAsync(app, user.Id, home);
        Assert.Equal((401, 401, 200), (await own.Client.StatusAsync("/api/v1/token-probe"), await key.Client.StatusAsync("/v1/token-probe"), await abroad.Client.StatusAsync("/api/v1/token-probe")));
        Assert.Equal(HttpStatusCode.Unauthorized, (await jobKey.Client.PostAsync($"/api/jobs/{job}/token-probe", null)).StatusCode);
        await RevokeAsync(app, user.Id, null);
        Assert.Equal(401, await abroad.Client.StatusAsync("/api/v1/token-probe"));
        Assert.Equal(4, await app.DatabaseAsync(found => found.Events.CountAsync(e => e.EventType == "token.revoked" && e.UserId == user.Id)));
    }

    private static async Task RevokeAsync(PlatformApp app, Guid userId, Guid? organizationId)
    {
        await using var scope = app.As(Caller.Platform);
        await scope.ServiceProvider.GetRequiredService<AccessTokens>().RevokeAsync(userId, organizationId, CancellationToken.None);
    }

    private static async Task<HttpResponseMessage> PostAsync(TestUser user, string path, string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        return await user.Client.PostAsync(path, content);
    }
}
