using System.Diagnostics;
using System.Net.Http.Json;

namespace Platform.Benchmarks.ExecutionsApi;

/// <summary>Every query of the contract over a store of five million events: its median, from the request to the last byte of the answer, one after another and each time by another event.</summary>
internal static class StoreCases
{
    private const long Events = 5_000_000;
    private const int Calls = 15;
    private const int CallsWithoutIndex = 3;
    private const double LimitMilliseconds = 50;

    public static async Task RunAsync(Report report, bool onPostgres)
    {
        await using var database = await BenchDatabase.CreateAsync(onPostgres);
        Guid template;
        await using (var empty = await BenchPlatform.StartAsync(database))
            template = await empty.ExecuteAsync("print('one line of output')");
        await FillAsync(database, template);

        await using var platform = await BenchPlatform.ResumeAsync(database);
        var samples = await SamplesAsync(database, platform.UserId);
        foreach (var query in StoreQuery.All)
            report.Add(await MeasureAsync(database.Provider, query, platform, samples));
    }

    private static async Task FillAsync(BenchDatabase database, Guid template)
    {
        var clock = Stopwatch.StartNew();
        await using var connection = await database.OpenAsync();
        var count = await new ManyEvents(connection, database.IsSqlite).FillAsync(template, Events);
        Console.WriteLine($"{count:N0} events of {ManyEvents.Users} users on {database.Provider}, filled in {clock.Elapsed.TotalSeconds:0} s");
    }

    private static async Task<List<StoreSample>> SamplesAsync(BenchDatabase database, Guid userId)
    {
        await using var connection = await database.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT CAST(event_id AS text), aggregate_id, correlation_id FROM events WHERE user_id = '{userId}' AND event_type = 'execution_completed' ORDER BY timestamp DESC LIMIT {Calls + 2}";
        List<StoreSample> samples = [];
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
            samples.Add(new StoreSample(userId, row.GetString(0), row.GetString(1), row.GetString(2), TimeProvider.System.GetUtcNow().AddDays(-3 - samples.Count)));
        return samples;
    }

    private static async Task<Case> MeasureAsync(string provider, StoreQuery query, BenchPlatform platform, List<StoreSample> samples)
    {
        var http = query.ByOperator ? platform.Operator : platform.User;
        var (calls, warmUps) = query.Unserved is null ? (Calls, 2) : (CallsWithoutIndex, 1);
        var (times, refusals) = (new List<double>(), 0);
        foreach (var sample in samples.Take(warmUps + calls))
        {
            var clock = Stopwatch.StartNew();
            using var request = Request(query, sample);
            using var answer = await http.SendAsync(request);
            var body = await answer.Content.ReadAsStringAsync();
            times.Add(clock.Elapsed.TotalMilliseconds);
            if (!answer.IsSuccessStatusCode)
                refusals += query.Unserved is not null && (int)answer.StatusCode is 422 or 503 ? 1 : throw new InvalidOperationException($"{query.Name} answered {(int)answer.StatusCode}: {body}");
        }

        var note = query.Unserved is { } why ? $"no index serves it: {why}{(refusals > 0 ? "; refused as too much" : "")}" : "target: ours <= 50 ms";
        return new Case(ExecutionsApiBench.Name, $"{provider} {query.Name}", Report.Median(times.Skip(warmUps)), "ms (p50)", "limit", LimitMilliseconds, calls, note);
    }

    private static HttpRequestMessage Request(StoreQuery query, StoreSample sample)
    {
        var request = new HttpRequestMessage(query.Body is null ? HttpMethod.Get : HttpMethod.Post, new Uri($"/api/v1/{query.Path(sample)}", UriKind.Relative));
        if (query.Body is { } body)
            request.Content = JsonContent.Create(body(sample));
        if (query.Correlated)
            request.Headers.Add("X-Correlation-ID", sample.Correlation);
        return request;
    }
}
