using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Data;
using Platform.Executions;
using Platform.Identity;

namespace Platform.Benchmarks.ExecutionsApi;

/// <summary>
/// Events appended per second on SQLite: so many units of work at a time, each of which makes a scope, raises one event and saves, as a service does, and goes on when its transaction is on the
/// disk (synchronous=FULL). Against commits of one row, one after another, on the bare driver and the same disk.
/// </summary>
internal static class EventAppends
{
    private const int Appenders = 64;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(3);

    public static async Task RunAsync(Report report, int rounds)
    {
        await using var database = await BenchDatabase.CreateAsync(onPostgres: false);
        var (ours, bare) = (new List<double>(), new List<double>());
        await using (var services = Services(database))
        {
            await services.GetRequiredService<DatabaseMigrator>().MigrateAsync(CancellationToken.None);
            for (var round = -1; round < rounds; round++)
            {
                ours.Add(await AppendAsync(services.GetRequiredService<IServiceScopeFactory>()));
                bare.Add(await BareCommits.SqliteAsync(Path.Combine(database.Folder, "bare.db")));
            }
        }

        report.Add(new Case("executions-api", "sqlite append", Report.Median(ours.Skip(1)), "events/s", "bare durable commits, one by one", Report.Median(bare.Skip(1)), rounds, "target: ours >= 5000"));
    }

    private static ServiceProvider Services(BenchDatabase database)
    {
        var settings = database.Settings.ToDictionary(s => s.Key, s => (string?)s.Value);
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning));
        services.AddPlatformData(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        return services.BuildServiceProvider();
    }

    private static async Task<double> AppendAsync(IServiceScopeFactory scopes)
    {
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, Appenders).Select(_ => Task.Run(() => AppendUntilAsync(scopes, clock))));
        return counts.Sum() / clock.Elapsed.TotalSeconds;
    }

    private static async Task<int> AppendUntilAsync(IServiceScopeFactory scopes, Stopwatch clock)
    {
        var caller = new Caller { Kind = CallerKind.User, UserId = Guid.CreateVersion7(), OrganizationId = Guid.CreateVersion7(), Credential = CredentialKind.Bearer };
        var execution = Guid.CreateVersion7();
        var count = 0;
        for (; clock.Elapsed < Window; count++)
        {
            await using var scope = scopes.CreateScopeFor(caller);
            var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
            db.Raise(new ExecutionRunning(execution, PodSpecification.NameOf(execution)));
            await db.SaveChangesAsync();
        }

        return count;
    }
}
