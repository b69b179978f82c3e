using System.Diagnostics;
using Npgsql;

namespace Platform.Chaos.Runs;

/// <summary>The ways in which the engine is disturbed while workflows run. Each run ends with a check of everything that was stored.</summary>
public static class ChaosRuns
{
    private static readonly string[] ShortLease =
        ["AzureFunctionsJobHost:extensions:durableTask:storageProvider:leaseInterval", "00:00:03", "AzureFunctionsJobHost:extensions:durableTask:storageProvider:leaseRenewInterval", "00:00:00.5"];

    /// <summary>One worker on SQLite, killed again and again; every second time work is known to be under way.</summary>
    public static async Task<ChaosReport> KillOnSqliteAsync(int seed, int kills)
    {
        var random = new Random(seed);
        await using var fleet = await Fleet.StartAsync(onPostgres: false, seed, workers: 1);
        var worker = fleet.Workers[0];
        for (var kill = 0; kill < kills; kill++)
        {
            if (kill % 2 == 0)
                await fleet.UntilStartedAsync(1);
            await Task.Delay(random.Next(0, 700)); // the moment of the kill is what is being tested
            await worker.KillAsync();
            worker.Start();
        }

        return await fleet.FinishAsync("kills on SQLite", kills);
    }

    /// <summary>Three workers on PostgreSQL; one of them is killed, or told to stop, at a time. Leases are short, so that partitions change hands often.</summary>
    public static async Task<ChaosReport> KillOnPostgresAsync(int seed, int kills)
    {
        var random = new Random(seed);
        await using var fleet = await Fleet.StartAsync(onPostgres: true, seed, workers: 3, ShortLease);
        await fleet.UntilStartedAsync(1);
        for (var kill = 0; kill < kills; kill++)
        {
            await Task.Delay(random.Next(0, 900)); // the moment of the kill is what is being tested
            var worker = fleet.Workers[random.Next(3)];
            await (random.Next(8) == 0 ? worker.StopAsync() : worker.KillAsync());
            worker.Start();
            if (kill % 10 == 9)
                await fleet.UntilFinishedAsync(3);
        }

        return await fleet.FinishAsync("kills of three workers on PostgreSQL", kills);
    }

    /// <summary>The server is restarted, in order and by a crash, and all its connections are cut. The workers stay, and go on by themselves.</summary>
    public static async Task<ChaosReport> BreakPostgresAsync(int seed, int breaks)
    {
        var random = new Random(seed);
        await using var fleet = await Fleet.StartAsync(onPostgres: true, seed, workers: 3);
        await fleet.UntilFinishedAsync(1);
        for (var next = 0; next < breaks; next++)
        {
            await Task.Delay(random.Next(0, 1_000)); // the moment is what is being tested
            if (next % 4 == 1)
                await fleet.Cluster!.RestartAsync("fast");
            else if (next % 4 == 3)
                await fleet.Cluster!.RestartAsync("immediate");
            else
                await CutConnectionsAsync(fleet);
            await fleet.UntilFinishedAsync(3);
            if (fleet.Workers.FirstOrDefault(w => w.Process.HasExited) is { } gone)
                throw new InvalidOperationException($"A worker has ended:\n{await gone.Process.ConsoleAsync()}");
        }

        return await fleet.FinishAsync("restarts of PostgreSQL and cut connections", breaks);
    }

    /// <summary>A worker that owns partitions is stopped in its tracks for longer than its lease, and goes on. Leases are as they are by default.</summary>
    public static async Task<ChaosReport> PauseOnPostgresAsync(int seed, int pauses)
    {
        var random = new Random(seed);
        await using var fleet = await Fleet.StartAsync(onPostgres: true, seed, workers: 3);
        await fleet.UntilFinishedAsync(1);
        var longest = TimeSpan.Zero;
        for (var pause = 0; pause < pauses; pause++)
        {
            var worker = fleet.Workers[pause % 3];
            await UntilOwnsAsync(fleet, worker, owns: true, TimeSpan.FromSeconds(30));
            await Task.Delay(random.Next(0, 500)); // the moment is what is being tested
            worker.Process.Pause();
            var takeover = await UntilOwnsAsync(fleet, worker, owns: false, TimeSpan.FromSeconds(30));
            longest = takeover > longest ? takeover : longest;
            await fleet.UntilFinishedAsync(3);
            worker.Process.Resume();
            await fleet.UntilFinishedAsync(3);
        }

        return await fleet.FinishAsync("paused owners on PostgreSQL", pauses) with { LongestTakeover = longest };
    }

    private static async Task CutConnectionsAsync(Fleet fleet)
    {
        await using var connection = fleet.Connect();
        await connection.OpenAsync();
        await using var cut = connection.CreateCommand();
        cut.CommandText = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
        await cut.ExecuteNonQueryAsync();
    }

    private static async Task<TimeSpan> UntilOwnsAsync(Fleet fleet, Worker worker, bool owns, TimeSpan patience)
    {
        var waited = Stopwatch.StartNew();
        await using var connection = fleet.Connect();
        await connection.OpenAsync();
        await using var count = connection.CreateCommand();
        count.CommandText = $"SELECT count(*) FROM host.durable_partitions WHERE owner LIKE '%-{worker.Process.Id}-%'";
        while ((long)(await count.ExecuteScalarAsync())! > 0 != owns)
        {
            if (waited.Elapsed > patience)
                throw new InvalidOperationException($"After {patience.TotalSeconds:0} s a worker still {(owns ? "owns nothing" : "owns partitions")}.");
            await Task.Delay(20);
        }

        return waited.Elapsed;
    }
}
