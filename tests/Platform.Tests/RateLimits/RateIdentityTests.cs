using System.Net;
using Microsoft.AspNetCore.Http;

using Platform.Functions.Http;
using Platform.Identity;
using Platform.RateLimits;
using Platform.Tests.Fixtures;

namespace Platform.Tests.RateLimits;

/// <summary>Whose requests are counted together, and what a class of several windows does.</summary>
public sealed class RateIdentityTests
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Address_CountsSignedInAndStrangersTogether(Db database)
    {
        await using var app = await StartAsync(database, ("RateLimit:Limits:status_page", "3"));
        var (user, other) = (await app.CreateUserAsync(), await app.CreateUserAsync());

        var answers = new List<HttpStatusCode>();
        foreach (var client in (HttpClient[])[user.Client, app.Anonymous, other.Client, user.Client, app.Anonymous])
            answers.Add((await client.GetAsync("/api/rates/page")).StatusCode);

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests], answers);
    }

    [Fact]
    public async Task Documentation_CountsStrangersOnly()
    {
        await using var app = await StartAsync(Db.Sqlite, ("RateLimit:Limits:documentation", "1"));
        var user = await app.CreateUserAsync(rateMultiplier: 1);
        Assert.Equal(HttpStatusCode.OK, (await app.Anonymous.GetAsync("/api-docs/openapi.json")).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await app.Anonymous.GetAsync("/api-docs/openapi.json")).StatusCode);
        for (var i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.OK, (await user.Client.GetAsync("/api-docs/openapi.json")).StatusCode);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Chain_TheTightestWindowRefuses_AndNamesItself(Db database)
    {
        await using var app = await StartAsync(database, ("RateLimit:Limits:authoring_hour", "2"));
        var user = await app.CreateUserAsync(rateMultiplier: 1);
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests], await GetAsync(user.Client, "/api/rates/authoring", 3));
        using var refused = await user.Client.GetAsync("/api/rates/authoring");
        Assert.Equal("2", refused.Headers.GetValues("X-RateLimit-Limit").Single());
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(62));
        Assert.Equal(HttpStatusCode.OK, (await (await app.CreateUserAsync(rateMultiplier: 1)).Client.GetAsync("/api/rates/authoring")).StatusCode);   // another user, another organization
    }

    [Fact]
    public async Task Organization_IsCountedAsOne_WhateverTheUsersFactor()
    {
        await using var app = await StartAsync(Db.Sqlite, ("RateLimit:Limits:authoring_organization", "2"));
        var user = await app.CreateUserAsync(rateMultiplier: 100);
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests], await GetAsync(user.Client, "/api/rates/authoring", 3));
    }

    [Fact]
    public async Task Operation_HasABucketOfItsOwn_OnOneRoute()
    {
        await using var app = await StartAsync(Db.Sqlite, ("RateLimit:Limits:monitor_write", "1"));
        var user = await app.CreateUserAsync(rateMultiplier: 1);
        Assert.Equal(HttpStatusCode.OK, (await user.Client.PutAsync("/api/rates/monitor", null)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await user.Client.DeleteAsync("/api/rates/monitor")).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await user.Client.DeleteAsync("/api/rates/monitor")).StatusCode);
    }

    [Fact]
    public async Task Class_CountsItsRoutesTogether()
    {
        await using var app = await StartAsync(Db.Sqlite, ("RateLimit:Limits:sensitive", "2"));
        var user = await app.CreateUserAsync();   // the factor does not loosen it
        Assert.Equal(HttpStatusCode.OK, (await user.Client.PostAsync("/api/rates/sensitive/a", null)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await user.Client.PostAsync("/api/rates/sensitive/b", null)).StatusCode);
        using var refused = await user.Client.PostAsync("/api/rates/sensitive/a", null);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
    }

    [Fact]
    public async Task Acceptances_OfSeveralUsers_CountPerAddressToo()
    {
        await using var app = await StartAsync(Db.Sqlite, ("RateLimit:Limits:acceptance_by_address", "2"));
        List<HttpStatusCode> answers = [];
        for (var i = 0; i < 3; i++)
            answers.Add((await (await app.CreateUserAsync()).Client.PostAsync("/api/team/invitations/nothing/accept", null)).StatusCode);
        Assert.Equal([HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.TooManyRequests], answers);
    }

    private static Task<PlatformApp> StartAsync(Db database, params (string Key, string Value)[] settings) =>
        PlatformApp.StartAsync(database, functions: [typeof(RateProbes)], settings: settings);

    private static async Task<List<HttpStatusCode>> GetAsync(HttpClient client, string path, int times)
    {
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < times; i++)
            answers.Add((await client.GetAsync(path)).StatusCode);
        return answers;
    }
}

/// <summary>Operations of chosen classes.</summary>
[Api(Family.Checks)]
public sealed class RateProbes
{
    private static readonly Result<ProbeDone> Done = new ProbeDone(true);

    [Function("Rates_Page")]
    [Operation(Permissions.Public, Rate.StatusPage)]
    public Result<ProbeDone> Page([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/rates/page")] HttpRequest http) => Done;

    [Function("Rates_Authoring")]
    [Operation(Permissions.ProfileRead, Rate.Authoring)]
    public Result<ProbeDone> Authoring([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/rates/authoring")] HttpRequest http) => Done;

    [Function("Rates_MonitorPut")]
    [Operation(Permissions.ProfileRead, Rate.MonitorWrite)]
    public Result<ProbeDone> Put([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/rates/monitor")] HttpRequest http) => Done;

    [Function("Rates_MonitorDelete")]
    [Operation(Permissions.ProfileRead, Rate.MonitorWrite)]
    public Result<ProbeDone> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/rates/monitor")] HttpRequest http) => Done;

    [Function("Rates_SensitiveA")]
    [Operation(Permissions.ProfileRead, Rate.Sensitive)]
    public Result<ProbeDone> A([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/rates/sensitive/a")] HttpRequest http) => Done;

    [Function("Rates_SensitiveB")]
    [Operation(Permissions.ProfileRead, Rate.Sensitive)]
    public Result<ProbeDone> B([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/rates/sensitive/b")] HttpRequest http) => Done;
}

public sealed record ProbeDone(bool Success);
