using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Platform.Testing;

namespace Platform.Benchmarks;

/// <summary>
/// <c>print(1)</c> from the request to the stored result, against the same script in the same sandbox by hand: one at a time (median), and many submitted at
/// once with two running (throughput).
/// </summary>
internal static class ExecuteBench
{
    private const string Script = "print(1)";
    private const int Batch = 200;
    private const int BatchRounds = 5;
    private const int WarmUpBatches = 3;
    private const int Concurrency = 2;

    public static async Task<int> RunAsync(int rounds)
    {
        var report = new Report();
        await using var platform = PlatformProcess.Start(
            BuiltFiles.FunctionApp,
            ("SystemSettings:ExecutionLimits:MaxConcurrentExecutions", $"{Concurrency}"),
            ("Executions:MaxPerUser", "100000"),
            ("Executions:MaxPerLanguage", "100000"));
        using var user = new BenchUser(platform.Url);
        await platform.WaitForAsync(user.Http, "/health/readyz");
        await user.SignUpAsync(platform.DataDirectory);
        await using var bare = await BareSandbox.StartAsync();

        await WarmUpAsync(user.Http, bare);
        await SequentialAsync(report, user.Http, bare, rounds);
        await ThroughputAsync(report, user.Http, bare);
        return report.Finish();
    }

    /// <summary>Until the just-in-time compiler has done its work: what is measured is a platform that runs, not one that starts.</summary>
    private static async Task WarmUpAsync(HttpClient http, BareSandbox bare)
    {
        for (var batch = 0; batch < WarmUpBatches; batch++)
            await OursAsync(http);
        await TheirsAsync(bare);
    }

    /// <summary>Alternates between the two, so that a noisy neighbour hits both.</summary>
    private static async Task SequentialAsync(Report report, HttpClient http, BareSandbox bare, int rounds)
    {
        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            ours.Add(await ExecuteAsync(http));
            theirs.Add(await bare.MillisecondsAsync(Script));
        }

        var (our, their) = (Report.Median(ours), Report.Median(theirs));
        report.Add(new Case("execute", "one at a time", our, "ms", "bare sandboxed python", their, rounds, $"overhead {our - their:0.0} ms; target: <= 15 ms"));
    }

    private static async Task ThroughputAsync(Report report, HttpClient http, BareSandbox bare)
    {
        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var round = 0; round < BatchRounds; round++)
        {
            theirs.Add(await TheirsAsync(bare));
            ours.Add(await OursAsync(http));
        }

        report.Add(new Case("execute", $"{Batch} at once", Report.Median(ours), "executions/s", "bare runs, two at a time", Report.Median(theirs), BatchRounds, "target: >= 0.80"));
    }

    private static async Task<double> OursAsync(HttpClient http)
    {
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Batch).Select(_ => ExecuteAsync(http)));
        return Batch / clock.Elapsed.TotalSeconds;
    }

    private static async Task<double> TheirsAsync(BareSandbox bare)
    {
        var clock = Stopwatch.StartNew();
        await Parallel.ForEachAsync(Enumerable.Range(0, Batch), new ParallelOptions { MaxDegreeOfParallelism = Concurrency }, async (_, _) => await bare.MillisecondsAsync(Script));
        return Batch / clock.Elapsed.TotalSeconds;
    }

    private static async Task<double> ExecuteAsync(HttpClient http)
    {
        var clock = Stopwatch.StartNew();
        using var answer = await http.PostAsJsonAsync("/api/v1/execute?wait=120", new { script = Script, lang = "python", lang_version = "3.11" });
        var result = await answer.Content.ReadFromJsonAsync<JsonElement>();
        if (!result.TryGetProperty("output", out var output) || output.GetString() != "1\n")
            throw new InvalidOperationException($"Unexpected answer {(int)answer.StatusCode}: {result}");
        return clock.Elapsed.TotalMilliseconds;
    }
}
