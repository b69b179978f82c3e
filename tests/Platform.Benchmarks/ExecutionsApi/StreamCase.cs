using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace Platform.Benchmarks.ExecutionsApi;

/// <summary>
/// A thousand clients follow one busy execution, a script that prints all the time while more events about it are published, from before its start to its end. Each has to get every stored
/// event in order, and the server's process may grow by 100 MB at most. The clients are in this process, the server is another.
/// </summary>
internal static class StreamCase
{
    private const int Readers = 1000;
    private const int FewReaders = 20;
    private const int Published = 200;
    private const string Blocker = "import time; time.sleep(250)";
    private const string Busy = "import time\nfor i in range(120):\n    print('line', i, flush=True)\n    time.sleep(0.1)\n";

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static async Task RunAsync(Report report, bool onPostgres)
    {
        await using var database = await BenchDatabase.CreateAsync(onPostgres);
        await using var platform = await BenchPlatform.StartAsync(
            database, ("Sse:MaxPerUser", $"{Readers}"), ("SystemSettings:ExecutionLimits:MaxConcurrentExecutions", "1"));
        using var streams = Client(platform);

        await FollowAsync(database, platform, streams, FewReaders); // warm-up
        await Task.Delay(TimeSpan.FromSeconds(3)); // what the warm-up has left is given back
        var (events, pieces, extra) = await FollowAsync(database, platform, streams, Readers);
        report.Add(new Case(ExecutionsApiBench.Name, $"{database.Provider} streams", extra, "MB more", $"{Readers} readers x {events} events, {pieces} pieces", Readers, 1, "target: ours < 100 MB, every event in order"));
    }

    private static HttpClient Client(BenchPlatform platform)
    {
        var http = new HttpClient { BaseAddress = platform.Url, Timeout = Patience };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", platform.UserToken);
        return http;
    }

    private static async Task<(int Events, int Pieces, double Megabytes)> FollowAsync(BenchDatabase database, BenchPlatform platform, HttpClient streams, int count)
    {
        using var limit = new CancellationTokenSource(Patience);
        var blocker = await platform.StartExecutionAsync(Blocker); // holds the one slot until all readers are there
        var execution = await platform.StartExecutionAsync(Busy);
        await using var memory = new MemoryWatch(platform.Id);
        var readers = Enumerable.Range(0, count).Select(_ => new SseReader(execution)).ToList();
        var reading = readers.ConvertAll(reader => reader.ReadAsync(streams, limit.Token));
        await Task.WhenAny(Task.WhenAll(readers.Select(r => r.Opened)), Task.WhenAny(reading)).WaitAsync(limit.Token);
        if (reading.Find(r => r.IsFaulted) is { } refused)
            await refused;

        (await platform.User.PostAsync(new Uri($"/api/v1/{blocker}/cancel", UriKind.Relative), null, limit.Token)).EnsureSuccessStatusCode().Dispose();
        await PublishAsync(platform, execution, limit.Token);
        await Task.WhenAll(reading);
        await CheckAsync(database, execution, readers);
        return (readers[0].Ids.Count, readers[0].Pieces, memory.MostMegabytesMore);
    }

    private static async Task PublishAsync(BenchPlatform platform, Guid execution, CancellationToken ct)
    {
        using var pace = new PeriodicTimer(Pace);
        for (var i = 0; i < Published && await pace.WaitForNextTickAsync(ct); i++)
        {
            var body = new { event_type = "execution_running", aggregate_id = execution, payload = new { execution_id = execution, pod_name = $"executor-{execution}", progress_percentage = i * 100.0 / Published } };
            using var answer = await platform.Operator.PostAsJsonAsync("/api/v1/events/publish", body, ct);
            answer.EnsureSuccessStatusCode();
        }
    }

    /// <summary>Against what the database says, which is not what the streams read.</summary>
    private static async Task CheckAsync(BenchDatabase database, Guid execution, List<SseReader> readers)
    {
        await using var connection = await database.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"""
            SELECT sequence FROM events WHERE aggregate_id = '{execution}' AND (event_type LIKE 'execution%' OR event_type LIKE 'pod%' OR event_type LIKE 'result%')
                AND sequence <= (SELECT max(sequence) FROM events WHERE aggregate_id = '{execution}' AND event_type = 'result_stored') ORDER BY sequence
            """;
        List<long> stored = [];
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
            stored.Add(row.GetInt64(0));
        if (stored.Count < Published)
            throw new InvalidOperationException($"Only {stored.Count} events were stored before the end; the script was too short.");
        var wrong = readers.Where(r => !r.Ended || r.OutOfOrder || !r.Ids.SequenceEqual(stored)).ToList();
        if (wrong.Count > 0)
            throw new InvalidOperationException($"{wrong.Count} of {readers.Count} readers did not get the {stored.Count} events in order; one got {wrong[0].Ids.Count}, ended: {wrong[0].Ended}, pieces out of order: {wrong[0].OutOfOrder}.");
    }
}
