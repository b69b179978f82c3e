using System.Data.Common;
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Npgsql;
using Platform.Chaos.Checks;
using Platform.Chaos.Workflows;
using Platform.Tests.Fixtures;

namespace Platform.Chaos.Runs;

/// <summary>Workers on one database, the load on them, and the check at the end.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(90);

    private readonly string _folder = Directory.CreateTempSubdirectory("chaos-").FullName;
    private readonly string _executions;
    private readonly string? _database;
    private readonly Stopwatch _elapsed = Stopwatch.StartNew();
    private readonly CancellationTokenSource _giveUp = new();
    private readonly int _seed;
    private Task _load = Task.CompletedTask;

    private Fleet(PostgresCluster? cluster, string? database, int seed, int workers, string[] settings)
    {
        (Cluster, _database, _seed) = (cluster, database, seed);
        _executions = Directory.CreateDirectory(Path.Combine(_folder, "executions")).FullName;
        Workers = [.. Enumerable.Range(0, workers).Select(_ => new Worker(_folder, [.. Settings(), .. settings.Chunk(2).Select(s => (s[0], s[1]))]))];
        Load = new WorkflowLoad(Workers, seed, inFlight: 24);
    }

    public PostgresCluster? Cluster { get; }

    public IReadOnlyList<Worker> Workers { get; }

    public WorkflowLoad Load { get; }

    /// <param name="settings">Further settings of the workers, names and values in turn.</param>
    public static async Task<Fleet> StartAsync(bool onPostgres, int seed, int workers, params string[] settings)
    {
        var cluster = onPostgres ? await PostgresCluster.StartAsync() : null;
        var fleet = new Fleet(cluster, cluster is null ? null : await cluster.CreateDatabaseAsync(), seed, workers, settings);
        foreach (var worker in fleet.Workers)
            worker.Start();
        fleet._load = Task.Run(() => fleet.Load.RunAsync(fleet._giveUp.Token));
        return fleet;
    }

    public DbConnection Connect() => _database is not null ? new NpgsqlConnection($"{_database};Pooling=false") : new SqliteConnection($"Data Source={Path.Combine(_folder, "host.db")}");

    public Task UntilStartedAsync(int more) => UntilAsync(() => Load.Started, more, "started");

    public Task UntilFinishedAsync(int more) => UntilAsync(() => Load.Finished, more, "finished");

    /// <summary>Lets everything end, stops the workers and checks what they have left.</summary>
    public async Task<ChaosReport> FinishAsync(string name, int disturbances)
    {
        Load.Drain();
        _giveUp.CancelAfter(DrainTime);
        await _load;
        foreach (var worker in Workers)
            await worker.StopAsync();
        await using var connection = Connect();
        var stored = await StoredRun.ReadAsync(connection, _database is null ? "" : "host.");
        List<string> violations = [.. Load.Unfinished.Select(id => $"{id} has not ended"), .. new RunChecker(stored, Load.Models, Load.Unnamed, new ExecutionLog(_executions)).Check()];
        return new ChaosReport(name, _seed, disturbances, stored.Instances.Count, _elapsed.Elapsed, violations, _folder);
    }

    public async ValueTask DisposeAsync()
    {
        await _giveUp.CancelAsync();
        await _load;
        foreach (var worker in Workers)
            await worker.DisposeAsync();
        _giveUp.Dispose();
        SqliteConnection.ClearAllPools();
        if (Cluster is not null)
            await Cluster.StopAsync();
    }

    private async Task UntilAsync(Func<int> count, int more, string what)
    {
        var patience = Stopwatch.StartNew();
        for (var before = count(); count() < before + more;)
        {
            if (patience.Elapsed > DrainTime || _load.IsCompleted)
                throw new InvalidOperationException($"Not {more} workflows were {what} within {patience.Elapsed.TotalSeconds:0} s. Consoles: {_folder}", _load.Exception);
            await Task.Delay(10);
        }
    }

    private (string, string)[] Settings() =>
    [
        ("Chaos:Executions", _executions), ("Host:Storage:Path", _folder), ("Host:Banner", "false"), ("AzureFunctionsJobHost:logging:logLevel:default", "Information"),
        .. _database is null ? Array.Empty<(string, string)>() : [("Host:Storage:Provider", "postgres"), ("Host:Storage:ConnectionString", _database)],
    ];
}
