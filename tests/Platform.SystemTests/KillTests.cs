using Platform.Functions;
using Platform.Testing;
using Platform.Tests.Fixtures;
using Xunit.Abstractions;

namespace Platform.SystemTests;

/// <summary>The platform as a real process, killed (SIGKILL) at random moments while executions run. What was accepted must end, once, and nothing may be left over.</summary>
public sealed class KillTests(PostgresServer postgres, ITestOutputHelper output) : IClassFixture<PostgresServer>
{
    private const int Kills = 20;
    private static readonly string Assembly = typeof(PlatformComposition).Assembly.Location;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Kill_WhileExecutionsRun_EveryAcceptedOneEndsOnceAndNoScriptRunsTwice(bool onPostgres)
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var database = onPostgres ? await postgres.CreateDatabaseAsync() : null;
        var folder = Directory.CreateTempSubdirectory("kill-").FullName;
        var settings = Settings(folder, database, onPostgres ? await postgres.CreateDatabaseAsync() : null);
        var mark = $"mark-{Guid.CreateVersion7():N}-";
        await using var watch = new ProcessWatch(mark);
        var load = new ExecutionLoad(mark, random.Next());
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var platform = PlatformProcess.StartOn(Assembly, folder, settings);
            await load.ConnectAsync(platform);
            using var stop = new CancellationTokenSource();
            var running = load.RunAsync(stop.Token);
            if (kill % 2 == 0)
                await load.AcceptedOneMoreAsync(); // so that half of the kills find work under way, however slowly this machine starts
            await Task.Delay(random.Next(0, 900)); // the moment of the kill is what is being tested
            await platform.KillAsync();
            await stop.CancelAsync();
            await running;
        }

        await using var last = PlatformProcess.StartOn(Assembly, folder, settings);
        await load.ConnectAsync(last);
        var ledger = new Ledger(database, Path.Combine(folder, "platform.db"), ExecutionPromises.All);
        var contradictions = await ledger.UntilNoneAsync(TimeSpan.FromSeconds(90));

        output.WriteLine($"{load.Accepted.Count} accepted, {watch.ScriptsSeen} scripts seen running");
        Assert.True(contradictions.Count == 0, string.Join("\n", contradictions));
        Assert.Empty(load.Accepted.Except((await ledger.ListAsync("SELECT CAST(id AS text) FROM executions")).Select(Guid.Parse)));
        Assert.Empty(watch.RanTwice);
        Assert.Empty(watch.Alive());
        Assert.InRange(watch.ScriptsSeen, 5, int.MaxValue); // the watch sees them at all
        Assert.Equal(0, await last.StopAsync());
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Kill_DuringTheFirstStart_DoesNotBlockTheNext(bool onPostgres)
    {
        var folder = Directory.CreateTempSubdirectory("kill-start-").FullName;
        var settings = Settings(folder, onPostgres ? await postgres.CreateDatabaseAsync() : null, onPostgres ? await postgres.CreateDatabaseAsync() : null);
        foreach (var moment in new[] { 700, 1000, 1300, 1600, 2000, 2500 })
        {
            await using var platform = PlatformProcess.StartOn(Assembly, folder, settings);
            await Task.Delay(moment); // the moment of the kill is what is being tested
            await platform.KillAsync();
        }

        await using var last = PlatformProcess.StartOn(Assembly, folder, settings);
        using var http = new HttpClient { BaseAddress = last.Url };
        await last.WaitForAsync(http, "/health/readyz");
        Assert.Equal(0, await last.StopAsync());
        Directory.Delete(folder, recursive: true);
    }

    private static (string, string)[] Settings(string folder, string? database, string? host) =>
    [
        ("RateLimit:Enabled", "false"), ("Host:Storage:Path", folder),
        .. database is null ? Array.Empty<(string, string)>() :
        [
            ("Database:Provider", "postgres"), ("Database:ConnectionString", database),
            ("Host:Storage:Provider", "postgres"), ("Host:Storage:ConnectionString", host!),
        ],
    ];
}
