using System.Diagnostics;
using Platform.Testing;

namespace Platform.Benchmarks;

/// <summary>
/// Requests per second of small JSON answers through the whole pipeline, against bare Kestrel endpoints that write the same bodies;
/// then what rights cost of a request, and start-up time and idle memory of the two processes.
/// </summary>
internal static class HttpBench
{
    private const int Seconds = 4;

    public static async Task<int> RunAsync(int rounds)
    {
        var report = new Report();
        await using var platform = PlatformProcess.Start(BuiltFiles.FunctionApp);
        using var user = new BenchUser(platform.Url);
        var startUp = await platform.WaitForAsync(user.Http, "/health/healthz");
        await platform.WaitForAsync(user.Http, "/health/readyz");
        await using var bare = await BareProcess.StartAsync();

        await Task.Delay(TimeSpan.FromSeconds(5)); // idle memory is measured after the start has settled
        report.Add(new Case("http", "start", startUp.TotalSeconds, "s", "bare kestrel", bare.StartUp.TotalSeconds, 1, "target: ours <= 2 s"));
        report.Add(new Case("http", "idle memory", MemoryWatch.MegabytesOf(platform.Id), "MB", "bare kestrel", MemoryWatch.MegabytesOf(bare.Id), 1, "target: ours <= 200 MB"));

        var token = await user.SignUpAsync(platform.DataDirectory);
        await CompareAsync(report, "auth", new Uri(platform.Url, "/api/v1/events/health"), token, new Uri(bare.Url, "/streams"), rounds, "target: >= 0.50");
        await CompareAsync(report, "public", new Uri(platform.Url, "/health/healthz"), null, new Uri(bare.Url, "/health"), rounds, "target: >= 0.70");
        await ShareOfRightsAsync(report, new Uri(platform.Url, "/api/v1/events/health"), new Uri(platform.Url, "/health/healthz"), token, rounds);
        return report.Finish();
    }

    /// <summary>What authentication, permission and rate limit add to a request: an operation that needs them, less one that does not. Both answer from memory.</summary>
    private static async Task ShareOfRightsAsync(Report report, Uri guarded, Uri open, string token, int rounds)
    {
        var (whole, added) = (new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            whole.Add(await Wrk.MedianMicrosecondsAsync(guarded, Seconds, token));
            added.Add(whole[^1] - await Wrk.MedianMicrosecondsAsync(open, Seconds));
        }

        report.Add(new Case("http", "rights", Report.Median(added), "us (p50)", "the whole request", Report.Median(whole), rounds, "target: ours <= 60 us"));
    }

    /// <summary>Alternates between the two servers, so that a noisy neighbour hits both.</summary>
    private static async Task CompareAsync(Report report, string name, Uri ours, string? token, Uri theirs, int rounds, string target)
    {
        await Wrk.RequestsPerSecondAsync(ours, Seconds, token);
        await Wrk.RequestsPerSecondAsync(theirs, Seconds, token);
        var our = new List<double>();
        var their = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            our.Add(await Wrk.RequestsPerSecondAsync(ours, Seconds, token));
            their.Add(await Wrk.RequestsPerSecondAsync(theirs, Seconds, token));
        }

        report.Add(new Case("http", name, Report.Median(our), "req/s", "bare kestrel", Report.Median(their), rounds, target));
    }
}
