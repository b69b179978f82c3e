using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Platform.Testing;

namespace Platform.Benchmarks;

/// <summary>
/// Invocations of a warm function through the whole API against a bare endpoint before the same kind of processes; what a start costs against the bare interpreter in the sandbox;
/// and 200 callers on five workers.
/// </summary>
internal static class FunctionsBench
{
    private const int Seconds = 4;
    private const int WarmUp = 3;
    private const int Callers = 200;
    private const string Body = """{"payload":{"a":2,"b":3}}""";
    private const string Code = "exports.handler = (event) => ({ sum: event.a + event.b });";
    private const string Waiting = "exports.handler = (event) => new Promise((done) => setTimeout(() => done(event), 20));";

    public static async Task<int> RunAsync(int rounds)
    {
        var report = new Report();
        await using (var bare = await BareProcess.StartAsync("bare-functions"))
        {
            // The bare endpoint's processes are never replaced; with the setting's default one of ours is replaced after a thousand calls, that is several in a second.
            await WithPlatformAsync(("Functions:InvocationsPerWorker", "1000000"), (user, _, function) => WarmAsync(report, "workers stay", "target: >= 0.40", user, function, new Uri(bare.Url, "/invoke"), rounds));
            await WithPlatformAsync(("Functions:MaxQueued", $"{Callers}"), async (user, project, function) =>
            {
                await WarmAsync(report, "workers replaced", "no target", user, function, new Uri(bare.Url, "/invoke"), rounds);
                await ColdAsync(report, user.Http, function, rounds * 4);
                await CrowdAsync(report, user.Http, await DeployedAsync(user.Http, project, "waiting", Waiting));
            });
        }

        return report.Finish();
    }

    private static async Task WithPlatformAsync((string Key, string Value) setting, Func<BenchUser, Guid, Guid, Task> measure)
    {
        await using var platform = PlatformProcess.Start(BuiltFiles.FunctionApp, setting);
        using var user = new BenchUser(platform.Url);
        await platform.WaitForAsync(user.Http, "/health/readyz");
        await user.SignUpAsync(platform.DataDirectory);
        var project = (await user.Http.GetFromJsonAsync<JsonElement>("/api/projects")).GetProperty("data")[0].GetProperty("id").GetGuid();
        await measure(user, project, await DeployedAsync(user.Http, project, "sum", Code));
    }

    /// <summary>Alternates between the two servers, so that a noisy neighbour hits both.</summary>
    private static async Task WarmAsync(Report report, string name, string target, BenchUser user, Guid function, Uri theirs, int rounds)
    {
        var (ours, token) = (new Uri(user.Http.BaseAddress!, $"/api/functions/{function}/invoke"), user.Http.DefaultRequestHeaders.Authorization!.Parameter);
        List<double> our = [], their = [], ourMedian = [], theirMedian = [];
        for (var round = -WarmUp; round < rounds; round++)
        {
            var (one, other) = (await Wrk.PostsPerSecondAsync(ours, Seconds, Body, token), await Wrk.PostsPerSecondAsync(theirs, Seconds, Body));
            var (oneMedian, otherMedian) = (await Wrk.PostMedianMicrosecondsAsync(ours, Seconds, Body, token), await Wrk.PostMedianMicrosecondsAsync(theirs, Seconds, Body));
            if (round < 0)
                continue; // the just-in-time compiler's: it works beside the requests, and for longer the more code a server has
            our.Add(one);
            their.Add(other);
            ourMedian.Add(oneMedian / 1000);
            theirMedian.Add(otherMedian / 1000);
        }

        report.Add(new Case("functions", $"{name}, 32 callers", Report.Median(our), "invocations/s", "bare kestrel and node", Report.Median(their), rounds, target));
        var (mine, peer) = (Report.Median(ourMedian), Report.Median(theirMedian));
        report.Add(new Case("functions", $"{name}, one caller", mine, "ms (p50)", "bare kestrel and node", peer, rounds, $"added {mine - peer:0.00} ms; target: <= 2 ms"));
    }

    private static async Task ColdAsync(Report report, HttpClient http, Guid function, int rounds)
    {
        await using var bare = await BareSandbox.StartAsync("node", "20");
        List<double> ours = [], theirs = [];
        for (var round = -2; round < rounds; round++)
        {
            using var answer = await http.PostAsJsonAsync($"/api/functions/{function}/test", new { payload = new { a = 1, b = 1 } });
            var started = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("initDurationMs").GetDouble();
            var other = await bare.MillisecondsAsync("");
            if (round < 0)
                continue;
            ours.Add(started);
            theirs.Add(other);
        }

        var (our, their) = (Report.Median(ours), Report.Median(theirs));
        report.Add(new Case("functions", "cold start", our, "ms", "bare sandboxed node", their, rounds, $"added {our - their:0.0} ms; target: <= 30 ms"));
    }

    private static async Task CrowdAsync(Report report, HttpClient http, Guid function)
    {
        await InvokeAsync(http, function, 0);
        var clock = Stopwatch.StartNew();
        var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(async number =>
        {
            var answered = await InvokeAsync(http, function, number);
            return (Number: number, answered.Ok, At: clock.Elapsed.TotalMilliseconds);
        }));
        var lost = answers.Count(answer => !answer.Ok);
        // Served fairly: nobody waits much longer than the whole crowd takes at best.
        var ideal = Callers / 5 * 20.0;
        report.Add(new Case("functions", $"{Callers} on 5 workers", answers.Max(answer => answer.At), "ms until the last", "at best", ideal, 1, $"{lost} lost; target: 0"));
    }

    private static async Task<(bool Ok, int Value)> InvokeAsync(HttpClient http, Guid function, int number)
    {
        using var answer = await http.PostAsJsonAsync($"/api/functions/{function}/invoke", new { payload = number });
        if (answer.StatusCode != HttpStatusCode.OK)
            return (false, 0);
        var value = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("result").GetInt32();
        return (value == number, value);
    }

    private static async Task<Guid> DeployedAsync(HttpClient http, Guid project, string name, string code)
    {
        using var created = await http.PostAsJsonAsync($"/api/functions/project/{project}", new { name, runtime = "node", code, network = "none" });
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("id").GetGuid();
        using var invoked = await http.PostAsJsonAsync($"/api/functions/{id}/invoke", new { payload = new { a = 1, b = 1 } });
        invoked.EnsureSuccessStatusCode();
        return id;
    }
}
