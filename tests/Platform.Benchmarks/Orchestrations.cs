using System.Diagnostics;
using EmbeddedFunctions.Durable;
using EmbeddedFunctions.Durable.Storage;
using EmbeddedFunctions.DurableTask.Converters;
using EmbeddedFunctions.Invocation;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Platform.Tests.Fixtures;

namespace Platform.Benchmarks;

/// <summary>
/// Orchestrations of five trivial activities one after the other, a thousand at once, on both stores with fsync. The comparison is what the same number of durable commits costs
/// a bare loop that makes them one at a time: the ratio is what group commit brings, less what the engine costs.
/// </summary>
internal static class OrchestrationsBench
{
    private const int Instances = 1_000;
    private const int Activities = 5;
    private const int CommitsEach = Activities + 2; // the start, a turn before each activity, and the end
    private const int BareCommits = 2_000;
    private const int Singles = 100;

    public static async Task<int> RunAsync(int rounds)
    {
        var report = new Report();
        var directory = Directory.CreateTempSubdirectory("bench-durable-");
        try
        {
            var connectionString = $"Data Source={Path.Combine(directory.FullName, "host.db")}";
            await MeasureAsync(report, "sqlite", rounds, new SqliteDurableStore(connectionString), () => BareSqliteAsync(Path.Combine(directory.FullName, "bare.db")));
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        var cluster = await PostgresCluster.StartAsync();
        try
        {
            var database = await cluster.CreateDatabaseAsync();
            await MeasureAsync(report, "postgres", rounds, new PostgresDurableStore(database), () => BarePostgresAsync(database));
        }
        finally
        {
            await cluster.StopAsync();
        }

        return report.Finish();
    }

    private static async Task MeasureAsync(Report report, string name, int rounds, IDurableStore store, Func<Task<double>> bareCommitsPerSecond)
    {
        var services = new OrchestrationServices(new Chain(), JsonDataConverter.Default, NullLoggerFactory.Instance);
        await using var engine = new DurableEngine(new DurableNode(store, services, new DurableOptions(), TimeProvider.System, TimeProvider.System));
        await engine.StartAsync(CancellationToken.None);
        var client = new DurableClientProvider(engine).Client;
        await ThousandAsync(client); // warm-up: code, prepared statements, file growth

        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            theirs.Add(await bareCommitsPerSecond() / CommitsEach);
            ours.Add(await ThousandAsync(client));
        }

        var single = await SingleAsync(client);
        report.Add(new Case("orchestrations", name, Median(ours), "orchestrations/s", $"{CommitsEach} bare commits each, in turn", Median(theirs), rounds, $"single p50 {single:0.00} ms"));
    }

    private static async Task<double> ThousandAsync(DurableTaskClient client)
    {
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Instances).Select(async i =>
        {
            var id = await client.ScheduleNewOrchestrationInstanceAsync(Chain.Name, i);
            var done = await client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true);
            if (done.ReadOutputAs<int>() != i + Activities)
                throw new InvalidOperationException($"{done.RuntimeStatus} {done.SerializedOutput} {done.FailureDetails}");
        }));
        return Instances / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task<double> SingleAsync(DurableTaskClient client)
    {
        var times = new List<double>();
        for (var i = 0; i < Singles; i++)
        {
            var started = Stopwatch.GetTimestamp();
            var id = await client.ScheduleNewOrchestrationInstanceAsync(Chain.Name, i);
            await client.WaitForInstanceCompletionAsync(id, CancellationToken.None);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return Median(times);
    }

    private static Task<double> BareSqliteAsync(string path)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=false");
        connection.Open();
        using var setUp = connection.CreateCommand();
        setUp.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY, data TEXT)";
        setUp.ExecuteNonQuery();
        using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO bare (data) VALUES ('one row')";
        insert.Prepare();
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < BareCommits; i++)
            insert.ExecuteNonQuery();
        return Task.FromResult(BareCommits / Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private static async Task<double> BarePostgresAsync(string database)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var setUp = new NpgsqlCommand("CREATE TABLE IF NOT EXISTS bare (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, data text)", connection);
        await setUp.ExecuteNonQueryAsync();
        await using var insert = new NpgsqlCommand("INSERT INTO bare (data) VALUES ('one row')", connection);
        await insert.PrepareAsync();
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < BareCommits; i++)
            await insert.ExecuteNonQueryAsync();
        return BareCommits / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    /// <summary>Adds one, five times.</summary>
    private sealed class Chain : IDurableFunctions
    {
        public const string Name = "Chain";

        public bool HasOrchestrator(string name) => name == Name;

        public bool HasActivity(string name) => name == "Increment";

        public bool HasEntity(string name) => false;

        public Task RunEntityAsync(string name, EntityBatch batch, CancellationToken ct) => throw new NotSupportedException($"There is no entity '{name}'.");

        public async Task<object?> RunOrchestratorAsync(string name, TaskOrchestrationContext context)
        {
            var n = context.GetInput<int>();
            for (var i = 0; i < Activities; i++)
                n = await context.CallActivityAsync<int>("Increment", n);
            return n;
        }

        public Task<object?> RunActivityAsync(string name, string instanceId, object? taskContextOrNull, string? inputJson, CancellationToken ct) =>
            Task.FromResult<object?>(int.Parse(inputJson!) + 1);
    }
}
