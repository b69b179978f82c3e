using System.Net.Http.Json;
using System.Text.Json;

namespace Platform.Benchmarks.ExecutionsApi;

/// <summary>The two reads that clients make all the time, against <see cref="BareQueries"/> on the same database: requests per second, in turns.</summary>
internal static class ReadCases
{
    private const int Executions = 20;
    private const int Seconds = 4;

    public static async Task RunAsync(Report report, bool onPostgres, int rounds)
    {
        await using var database = await BenchDatabase.CreateAsync(onPostgres);
        await using var platform = await BenchPlatform.StartAsync(database);
        var execution = Guid.Empty;
        for (var i = 0; i < Executions; i++)
            execution = await platform.ExecuteAsync("print('one line of output')");
        await using var bare = await BareProcess.StartAsync("bare-queries", database.Provider, database.ConnectionString, platform.UserId.ToString());

        await CompareAsync(report, $"{database.Provider} result", platform, $"/api/v1/result/{execution}", new Uri(bare.Url, $"/result/{execution}"), rounds);
        await CompareAsync(report, $"{database.Provider} own events", platform, "/api/v1/events/user?limit=50", new Uri(bare.Url, "/events/user?limit=50"), rounds);
    }

    /// <summary>Alternates between the two servers, so that a noisy neighbour hits both.</summary>
    private static async Task CompareAsync(Report report, string name, BenchPlatform platform, string path, Uri theirs, int rounds)
    {
        await CheckSameAsync(platform, path, theirs);
        var ours = new Uri(platform.Url, path);
        var (our, their) = (new List<double>(), new List<double>());
        for (var round = -1; round < rounds; round++)
        {
            our.Add(await Wrk.RequestsPerSecondAsync(ours, Seconds, platform.UserToken));
            their.Add(await Wrk.RequestsPerSecondAsync(theirs, Seconds));
        }

        report.Add(new Case("executions-api", name, Report.Median(our.Skip(1)), "req/s", "bare kestrel, hand-written SQL", Report.Median(their.Skip(1)), rounds, "target: >= 0.50"));
    }

    private static async Task CheckSameAsync(BenchPlatform platform, string path, Uri theirs)
    {
        using var http = new HttpClient();
        var (ours, bare) = (await platform.GetAsync(path), await http.GetFromJsonAsync<JsonElement>(theirs));
        if (!JsonElement.DeepEquals(ours, bare))
            throw new InvalidOperationException($"{path} answers something else than the comparison:\n{ours}\n{bare}");
    }
}
