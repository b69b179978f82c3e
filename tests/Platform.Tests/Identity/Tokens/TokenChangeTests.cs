using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Identity.Tokens;

/// <summary>Rotation, scopes and figures of use of access tokens.</summary>
public sealed class TokenChangeTests
{
    [Fact]
    public async Task Rotate_TwiceAndLater_LeavesTheLastSecretOnly()
    {
        var clock = new ShiftedClock();
        await using var app = await TokenLab.StartAsync(configure: services => services.AddSingleton<TimeProvider>(clock));
        var user = await app.CreateUserAsync();
        var first = await app.CreateTokenAsync(user.Client, new { name = "t", scopes = new[] { "executions:read" }, expiresInDays = 20 });
        clock.Advance(TimeSpan.FromMinutes(20));
        var (second, end) = await RotateAsync(app, user, first.Id, new { overlapSeconds = 600 });
        Assert.InRange(end - clock.GetUtcNow(), TimeSpan.FromDays(19.99), TimeSpan.FromDays(20));   // as long again as it lived
        var (third, _) = await RotateAsync(app, user, first.Id, new { overlapSeconds = 600, expiresInDays = 2 });
        Assert.Equal((401, 200, 200), (await first.Client.StatusAsync("/api/v1/token-probe"), await second.StatusAsync("/api/v1/token-probe"), await third.StatusAsync("/api/v1/token-probe")));

        clock.Advance(TimeSpan.FromSeconds(601));
        Assert.Equal((401, 200), (await second.StatusAsync("/api/v1/token-probe"), await third.StatusAsync("/api/v1/token-probe")));
        var (fourth, _) = await RotateAsync(app, user, first.Id, new { overlapSeconds = 0 });
        Assert.Equal((401, 200), (await third.StatusAsync("/api/v1/token-probe"), await fourth.StatusAsync("/api/v1/token-probe")));
        clock.Advance(TimeSpan.FromDays(2.1));
        Assert.Equal(401, await fourth.StatusAsync("/api/v1/token-probe"));
    }

    [Fact]
    public async Task Rotate_WithAToken_OnlyItself()
    {
        await using var app = await TokenLab.StartAsync();
        var user = await app.CreateUserAsync();
        var (own, other) = (await app.CreateTokenAsync(user, "tokens:manage"), await app.CreateTokenAsync(user, "builds:read"));
        Assert.Equal(403, (int)(await own.Client.PatchAsync($"/api/dev/tokens/{other.Id}/rotate", null)).StatusCode);
        Assert.Equal(403, (int)(await other.Client.PatchAsync($"/api/dev/tokens/{other.Id}/rotate", null)).StatusCode);   // lacks the scope
        Assert.Equal(403, (int)(await own.Client.PatchAsJsonAsync($"/api/dev/tokens/{own.Id}/rotate", new { expiresInDays = 365 })).StatusCode);   // no longer life by itself
        Assert.Equal(200, (int)(await own.Client.PatchAsync($"/api/dev/tokens/{own.Id}/rotate", null)).StatusCode);
        Assert.Equal(400, (int)(await user.Client.PatchAsJsonAsync($"/api/dev/tokens/{own.Id}/rotate", new { overlapSeconds = 604_801 })).StatusCode);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Rotate_InParallel_LeavesOneSecretThatWorks(Db db)
    {
        await using var app = await TokenLab.StartAsync(db);
        var user = await app.CreateUserAsync();
        var token = await app.CreateTokenAsync(user, "executions:read");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => user.Client.PatchAsJsonAsync($"/api/dev/tokens/{token.Id}/rotate", new { overlapSeconds = 0 })));
        var works = 0;
        foreach (var answer in answers)
        {
            Assert.Equal(200, (int)answer.StatusCode);
            using var client = app.With((await answer.DataAsync()).Text("token"));
            works += await client.StatusAsync("/api/v1/token-probe") == 200 ? 1 : 0;
        }
        Assert.Equal(1, works);
    }

    [Fact]
    public async Task Scopes_NarrowAlwaysWidenBySessionOnly()
    {
        await using var app = await TokenLab.StartAsync();
        var user = await app.CreateUserAsync();
        var token = await app.CreateTokenAsync(user, "tokens:manage", "builds:*", "executions:read");
        var path = $"/api/dev/tokens/{token.Id}/scopes";

        Assert.Equal(403, (int)(await token.Client.PatchAsJsonAsync(path, new { scopes = new[] { "functions:read" }, mode = "add" })).StatusCode);
        Assert.Equal(403, (int)(await token.Client.PatchAsJsonAsync(path, new { scopes = new[] { "*" } })).StatusCode);
        Assert.Equal(["tokens:manage", "executions:read", "builds:read"], await ScopesAsync(await token.Client.PatchAsJsonAsync(path, new { scopes = new[] { "tokens:manage", "executions:read", "builds:read" } })));
        Assert.Equal(["tokens:manage", "builds:read"], await ScopesAsync(await user.Client.PatchAsJsonAsync(path, new { scopes = new[] { "executions:read", "never:there" }, mode = "remove" })));
        Assert.Equal(403, await token.Client.StatusAsync("/api/v1/token-probe"));   // at once
        Assert.Equal(["tokens:manage", "builds:read", "executions:read"], await ScopesAsync(await user.Client.PatchAsJsonAsync(path, new { scopes = new[] { "executions:read" }, mode = "add" })));
        Assert.Equal(200, await token.Client.StatusAsync("/api/v1/token-probe"));

        foreach (var bad in new object[] { new { scopes = Array.Empty<string>() }, new { scopes = new[] { "odd:odd" } }, new { }, new { scopes = new[] { "builds:read" }, mode = "odd" } })
            Assert.Equal(400, (int)(await user.Client.PatchAsJsonAsync(path, bad)).StatusCode);
        var change = await app.DatabaseAsync(db => db.AuditEntries.Where(entry => entry.Action == "token.scopes_change").OrderByDescending(entry => entry.Id).Select(entry => entry.Changes).ToListAsync());
        Assert.Contains(change, text => text.Contains("executions:read", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Usage_CountsByClassRouteAddressAndSecret(Db db)
    {
        await using var app = await TokenLab.StartAsync(db);
        var user = await app.CreateUserAsync();
        var token = await app.CreateTokenAsync(user, "executions:read");
        token.Client.DefaultRequestHeaders.UserAgent.ParseAdd("probe/1.0");
        for (var i = 0; i < 3; i++)
            await token.Client.StatusAsync("/api/v1/token-probe");
        await token.Client.StatusAsync("/api/builds/token-probe");   // 403
        await token.Client.StatusAsync("/api/v1/result/00000000-0000-0000-0000-000000000001");
        await user.Client.PatchAsync($"/api/dev/tokens/{token.Id}/rotate", null);
        await token.Client.StatusAsync("/api/v1/token-probe");   // by the former secret

        var data = await (await user.Client.GetAsync($"/api/dev/tokens/{token.Id}/usage?period=2d")).DataAsync();
        Assert.Equal(6, data.GetProperty("totalRequests").GetInt64());
        var classes = data.GetProperty("byStatusClass");
        Assert.Equal((4, 0, 2, 0), (classes.GetProperty("2xx").GetInt32(), classes.GetProperty("3xx").GetInt32(), classes.GetProperty("4xx").GetInt32(), classes.GetProperty("5xx").GetInt32()));
        Assert.Equal((5, 1), (data.GetProperty("secretUse").GetProperty("current").GetInt32(), data.GetProperty("secretUse").GetProperty("previous").GetInt32()));
        Assert.Equal("probe/1.0", data.Text("lastUserAgent"));
        var top = data.GetProperty("topEndpoints")[0];
        Assert.Equal(("GET", "/api/v1/token-probe", 4, 0), (top.Text("method"), top.Text("route"), top.GetProperty("count").GetInt32(), top.GetProperty("errors").GetInt32()));
        Assert.True(top.GetProperty("p95DurationMs").GetInt64() >= 0);
        Assert.Contains(data.GetProperty("topEndpoints").EnumerateArray(), row => row.Text("route") == "/api/v1/result/{executionId}");
        Assert.Equal((1, 6), (data.GetProperty("ips").GetArrayLength(), data.GetProperty("ips")[0].GetProperty("count").GetInt32()));
        var daily = data.GetProperty("daily").EnumerateArray().ToList();
        Assert.Equal(3, daily.Count);
        Assert.Equal((6, 2), (daily[^1].GetProperty("requests").GetInt32(), daily[^1].GetProperty("errors").GetInt32()));

        await token.Client.StatusAsync("/api/v1/token-probe");
        Assert.Equal(7, (await (await user.Client.GetAsync($"/api/dev/tokens/{token.Id}/usage")).DataAsync()).GetProperty("totalRequests").GetInt64());   // added to what is there
        foreach (var period in new[] { "91d", "0d", "5", "d", "-1d", "3w" })
            Assert.Equal(400, await user.Client.StatusAsync($"/api/dev/tokens/{token.Id}/usage?period={period}"));
        Assert.Equal(200, await user.Client.StatusAsync($"/api/dev/tokens/{token.Id}/usage?period=90d"));
    }

    [Fact]
    public async Task RateLimited_Requests_AreCountedApart()
    {
        await using var app = await TokenLab.StartAsync(settings: ("RateLimit:Limits:api", "3"));
        var user = await app.CreateUserAsync(rateMultiplier: 1);
        var (token, other) = (await app.CreateTokenAsync(user, "executions:read"), await app.CreateTokenAsync(user, "executions:read"));
        for (var i = 0; i < 3; i++)
            Assert.Equal(200, await token.Client.StatusAsync("/api/v1/token-probe"));
        Assert.Equal(429, await token.Client.StatusAsync("/api/v1/token-probe"));
        Assert.Equal(200, await other.Client.StatusAsync("/api/v1/token-probe"));   // a limit of its own
        Assert.Equal(200, await user.Client.StatusAsync("/api/v1/token-probe"));
        var data = await (await user.Client.GetAsync($"/api/dev/tokens/{token.Id}/usage")).DataAsync();
        Assert.Equal((4, 1, 1), (data.GetProperty("totalRequests").GetInt32(), data.GetProperty("rateLimited").GetInt32(), data.GetProperty("byStatusClass").GetProperty("4xx").GetInt32()));
    }

    private static async Task<(HttpClient Client, DateTimeOffset End)> RotateAsync(PlatformApp app, TestUser user, Guid id, object body)
    {
        var data = await (await user.Client.PatchAsJsonAsync($"/api/dev/tokens/{id}/rotate", body)).DataAsync();
        return (app.With(data.Text("token")), data.GetProperty("expiresAt").GetDateTimeOffset());
    }

    private static async Task<IEnumerable<string>> ScopesAsync(HttpResponseMessage answer) =>
        (await answer.DataAsync()).GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()!);
}
