using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Identity;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.RateLimits;

public sealed class RateLimitTests
{
    private const string MasterKey = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Class_OverItsLimit_Is429WithOneEvent(Db database)
    {
        await using var app = await StartAsync(database);
        var user = await app.CreateUserAsync(rateMultiplier: 1);
        for (var left = 59; left >= 0; left--)
        {
            var passed = await PostAsync(user);
            Assert.Equal(HttpStatusCode.OK, passed.StatusCode);
            Assert.Equal("60", passed.Headers.GetValues("X-RateLimit-Limit").Single());
            Assert.Equal("sliding_window", passed.Headers.GetValues("X-RateLimit-Algorithm").Single());
        }
        for (var i = 0; i < 3; i++)
        {
            var refused = await PostAsync(user);
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            var body = await refused.JsonAsync();
            Assert.Equal("Rate limit exceeded", body.Text("detail"));
            Assert.InRange(body.GetProperty("retry_after").GetInt32(), 1, 66);
            Assert.Equal(body.GetProperty("retry_after").GetInt32(), (int)refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
            Assert.InRange(body.GetProperty("reset_at").GetDateTimeOffset(), DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddSeconds(66));
            Assert.Equal("0", refused.Headers.GetValues("X-RateLimit-Remaining").Single());
        }

        await using var scope = app.Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(Caller.Platform);
        var raised = await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().Events.SingleAsync(found => found.EventType == "rate_limit_exceeded");
        Assert.Equal(user.Id, raised.UserId);
        Assert.Equal("/api/v1/probe", JsonSerializer.Deserialize<JsonElement>(raised.Payload).Text("endpoint"));
        Assert.Equal(HttpStatusCode.OK, (await user.Client.PostAsync("/api/v1/probe/optional", null)).StatusCode);   // other routes have buckets of their own
    }

    [Fact]
    public async Task TwoNodes_CountTogether()
    {
        await using var first = await StartAsync(Db.Postgres);
        await using var second = await StartAsync(Db.Postgres, first.Services.GetRequiredService<DatabaseSettings>().ConnectionString);
        var user = await first.CreateUserAsync(rateMultiplier: 5);
        using var there = second.Client(headers => headers.Authorization = new("Bearer", user.Token));

        var answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => PostAsync(i % 2 == 0 ? user.Client : there)));
        var passed = answers.Count(answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(500, passed + answers.Count(answer => answer.StatusCode == HttpStatusCode.TooManyRequests));
        Assert.InRange(passed, 300 - (2 * 45), 300);   // never more than 5 × 60; less while a node holds leased permits: half a block of 30 and the next one

        await Until.TrueAsync(async () => (await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => PostAsync(user.Client)))).Count(answer => answer.StatusCode == HttpStatusCode.OK) + passed >= 295, "leases come back");
    }

    [Fact]
    public async Task Anonymous_OfExecutions_HasHalfAndIsNotSwitchedOff()
    {
        await using var app = await PlatformApp.StartAsync(settings: [("RateLimit:Limits:auth", "20"), ("RateLimit:Enabled", "false")]);
        for (var i = 0; i < 10; i++)
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await app.Anonymous.PostAsync("/api/v1/auth/login", null)).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await app.Anonymous.PostAsync("/api/v1/auth/login", null)).StatusCode);
        using var forwarded = app.Client(headers => headers.Add("X-Forwarded-For", "203.0.113.7"));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await forwarded.PostAsync("/api/v1/auth/login", null)).StatusCode);   // from no trusted proxy
    }

    [Fact]
    public async Task TrustedProxy_NamesTheClient()
    {
        await using var app = await PlatformApp.StartAsync(settings: [("RateLimit:Limits:auth", "2"), ("Platform:TrustedProxies:0", "127.0.0.0/8"), ("Platform:TrustedProxies:1", "::1")]);
        for (var i = 0; i < 3; i++)
        {
            using var client = app.Client(headers => headers.Add("X-Forwarded-For", $"198.51.100.1, 203.0.113.{i}, 127.0.0.9"));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await client.PostAsync("/api/v1/auth/login", null)).StatusCode);
            Assert.Equal(HttpStatusCode.TooManyRequests, (await client.PostAsync("/api/v1/auth/login", null)).StatusCode);
        }
    }

    [Fact]
    public async Task Switch_TurnsOrdinaryLimitsOff()
    {
        await using var app = await StartAsync(settings: ("RateLimit:Enabled", "false"));
        var user = await app.CreateUserAsync(rateMultiplier: 1);
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => PostAsync(user)));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    private static Task<PlatformApp> StartAsync(Db db = Db.Sqlite, string? connectionString = null, params (string Key, string Value)[] settings) => PlatformApp.StartAsync(
        db, services => services.AddSingleton<ProbeEffects>(), connectionString: connectionString, functions: Probe.Types, settings: [("Secrets:MasterKey", MasterKey), .. settings]);

    private static Task<HttpResponseMessage> PostAsync(TestUser user) => PostAsync(user.Client);

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client)
    {
        using var content = new StringContent("""{"word":"ab","number":1}""", Encoding.UTF8, "application/json");
        return await client.PostAsync("/api/v1/probe", content);
    }
}
