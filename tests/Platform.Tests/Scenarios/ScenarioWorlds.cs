using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Scenarios;

/// <summary>One world per database for all scenarios that do not disturb each other when they run one after the other.</summary>
public sealed class ScenarioWorlds : IAsyncLifetime
{
    public const string Collection = "Scenarios";

    private readonly PerDatabase<ScenarioWorld> _worlds = new(ScenarioWorld.StartAsync);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _worlds.DisposeAsync();

    internal Task<ScenarioWorld> GetAsync(Db db) => _worlds.GetAsync(db);
}

[CollectionDefinition(ScenarioWorlds.Collection)]
public sealed class ScenarioCollection : ICollectionFixture<ScenarioWorlds>;

/// <summary>The platform: two nodes on one PostgreSQL, or a single one on SQLite, which then is both.</summary>
/// <param name="Receiver">Takes webhooks; the only private address that the platform may send to.</param>
/// <param name="Clock">Of both nodes.</param>
internal sealed record ScenarioWorld(PlatformApp First, PlatformApp Second, Receiver Receiver, ShiftedClock Clock) : IAsyncDisposable
{
    private const string MasterKey = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    public static async Task<ScenarioWorld> StartAsync(Db db)
    {
        var (receiver, clock) = (await Receiver.StartAsync(), new ShiftedClock());
        var first = await StartNodeAsync(null);
        var second = db == Db.Sqlite ? first : await StartNodeAsync(first.Services.GetRequiredService<DatabaseSettings>().ConnectionString);
        return new ScenarioWorld(first, second, receiver, clock);

        Task<PlatformApp> StartNodeAsync(string? connection) => PlatformApp.StartAsync(
            db, services => services.AddSingleton<TimeProvider>(clock), connectionString: connection,
            settings: [("Secrets:MasterKey", MasterKey), ("Outbound:AllowHttp", "true"), ("Outbound:AllowHosts:0", $"127.0.0.1:{receiver.Port}")]);
    }

    /// <summary>The user's session, used at the second node.</summary>
    public TestUser There(TestUser user) => user with { Client = Second.Client(headers => headers.Authorization = new("Bearer", user.Token)) };

    public async ValueTask DisposeAsync()
    {
        if (Second != First)
            await Second.DisposeAsync();
        await First.DisposeAsync();
        await Receiver.DisposeAsync();
    }
}
