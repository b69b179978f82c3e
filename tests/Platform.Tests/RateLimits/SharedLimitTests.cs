using System.Net;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

using Platform.Data;
using Platform.RateLimits;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.RateLimits;

/// <summary>Limits that several nodes, or several threads, count together.</summary>
public sealed class SharedLimitTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    private const int Limit = 60;
    private const string MasterKey = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Real requests to two nodes in bursts, at moments of a clock that both limiters share.</summary>
    [Theory]
    [InlineData(RateRules.SlidingWindow)]
    [InlineData(RateRules.TokenBucket)]
    public async Task TwoNodes_OverSomeMinutes_PassTheLimitAndNoMore(string algorithm)
    {
        var clock = new FakeTimeProvider(Start);
        await using var first = await StartAsync(algorithm, clock, null);
        await using var second = await StartAsync(algorithm, clock, first.Services.GetRequiredService<DatabaseSettings>().ConnectionString);
        var user = await first.CreateUserAsync(rateMultiplier: 1);
        using var there = second.Client(headers => headers.Authorization = new("Bearer", user.Token));
        var random = new Random(5);
        var passed = new List<long>();
        for (var step = 0; step < 100; step++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(random.Next(3) == 0 ? random.Next(3000, 9000) : random.Next(50, 900)));
            foreach (var node in (PlatformApp[])[first, second])
                await node.Services.GetRequiredService<RateLimiter>().SweepAsync(default); // what happens twice a second, by this clock too
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            var answers = await Task.WhenAll(Enumerable.Range(0, random.Next(1, 11)).Select(i => PassesAsync(i % 2 == 0 ? user.Client : there)));
            passed.AddRange(Enumerable.Repeat(now, answers.Count(answer => answer)));
        }

        if (algorithm == RateRules.SlidingWindow)
            Assert.All(passed, end => Assert.InRange(passed.Count(time => time > end - 60_000 && time <= end), 1, Limit));
        else
            Assert.All(passed, begin => Assert.All(passed.Where(time => time >= begin), end => Assert.InRange(passed.Count(time => time >= begin && time <= end), 1, (Limit * 1.5) + ((end - begin) * Limit / 60_000.0))));
        var minutes = (passed[^1] - passed[0]) / 60_000.0;
        Assert.True(minutes > 3, $"{minutes} minutes");
        Assert.True(passed.Count > minutes * Limit * 0.75, $"{passed.Count} in {minutes} minutes"); // leases held by one node are missed by the other
    }

    [Fact]
    public async Task ManyNodes_AtOnce_AllGetAnAnswerAndNoMoreThanTheLimit()
    {
        await using var database = await TestDatabase.CreatePostgresAsync(await postgres.CreateMigratedDatabaseAsync());
        var nodes = Enumerable.Range(0, 40).Select(_ => Limiter(database, new FakeTimeProvider(Start))).ToList();
        var key = new RateKey(Guid.CreateVersion7(), null, Rate.Api, "route");

        var standings = await Task.WhenAll(nodes.SelectMany(node => Enumerable.Range(0, 4).Select(_ => Task.Run(() => node.TakeAsync(key, UserRateLimits.Standard, default).AsTask()))));

        Assert.Equal(0, nodes.Sum(node => node.Faults));
        Assert.InRange(standings.Count(standing => standing!.Value.Allowed), Limit / 6, Limit);   // a node leases at most six at once and uses one of them
    }

    /// <summary>What a busy caller's node has leased since must not lie behind a lease that has ended and waits for the sweep: it leased ever more, until the limit was used up.</summary>
    [Fact]
    public async Task BusyCaller_WhoseLeaseHasEnded_IsNotRefusedBeforeTheSweep()
    {
        await using var database = await TestDatabase.CreatePostgresAsync(await postgres.CreateMigratedDatabaseAsync());
        var clock = new FakeTimeProvider(Start);
        var limiter = Limiter(database, clock, ("RateLimit:Limits:api", "100000"));
        var key = new RateKey(Guid.CreateVersion7(), null, Rate.Api, "route");
        for (var i = 0; i < 200; i++)
            Assert.True(await PassesAsync());
        clock.Advance(TimeSpan.FromSeconds(6));

        for (var i = 0; i < 500; i++)
            Assert.True(await PassesAsync(), $"request {i} of 500, with a limit of 100000");

        async Task<bool> PassesAsync() => (await limiter.TakeAsync(key, UserRateLimits.Standard, default))!.Value.Allowed;
    }

    [Fact]
    public async Task ManyThreads_OfOneNodeOnANewBucket_PassTheLimitExactly()
    {
        await using var database = await TestDatabase.CreateAsync();
        var limiter = Limiter(database, new FakeTimeProvider(Start), ("RateLimit:Limits:admin", "2"));
        using var barrier = new Barrier(4);
        var passed = new int[500];
        await Task.WhenAll(Enumerable.Range(0, barrier.ParticipantCount).Select(_ => Task.Run(TakeAllAsync)));

        Assert.All(passed, count => Assert.Equal(1, count));

        async Task TakeAllAsync()
        {
            for (var i = 0; i < passed.Length; i++)
            {
                barrier.SignalAndWait();   // nothing below waits, so that each task keeps its thread
                var standing = await limiter.TakeAsync(new RateKey(Guid.Empty, $"{i}", Rate.Admin, "route"), UserRateLimits.Standard, default);
                if (standing!.Value.Allowed)
                    Interlocked.Increment(ref passed[i]);
            }
        }
    }

    [Fact]
    public async Task NodesOfTwoAlgorithms_DuringADeployment_KeepTheirCounts()
    {
        await using var database = await TestDatabase.CreatePostgresAsync(await postgres.CreateMigratedDatabaseAsync());
        var clock = new FakeTimeProvider(Start);
        RateLimiter[] nodes = [Limiter(database, clock), Limiter(database, clock, ("RateLimit:Algorithm", RateRules.TokenBucket))];
        var key = new RateKey(Guid.CreateVersion7(), null, Rate.Api, "route");
        var passed = 0;
        for (var i = 0; i < 400; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(1));
            if ((await nodes[i % 2].TakeAsync(key, UserRateLimits.Standard, default))!.Value.Allowed)
                passed++;
        }

        Assert.InRange(passed, Limit, Limit + (Limit * 1.5));
    }

    private static RateLimiter Limiter(TestDatabase database, TimeProvider clock, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();
        return new RateLimiter(new RateRules(configuration), new SharedRateStore(database.Get<DatabaseSettings>()), clock, NullLogger<RateLimiter>.Instance);
    }

    private static Task<PlatformApp> StartAsync(string algorithm, TimeProvider clock, string? connectionString) => PlatformApp.StartAsync(
        Db.Postgres,
        services => services.AddSingleton<ProbeEffects>().AddSingleton(provider => new RateLimiter(
            provider.GetRequiredService<RateRules>(), provider.GetRequiredService<SharedRateStore>(), clock, NullLogger<RateLimiter>.Instance)),
        connectionString: connectionString,
        functions: Probe.Types,
        settings: [("Secrets:MasterKey", MasterKey), ("RateLimit:Algorithm", algorithm)]);

    private static async Task<bool> PassesAsync(HttpClient client)
    {
        using var content = new StringContent("""{"word":"ab","number":1}""", Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync("/api/v1/probe", content);
        Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.TooManyRequests });
        return answer.StatusCode == HttpStatusCode.OK;
    }
}
