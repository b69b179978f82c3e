using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
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
        var ledger = new ExecutionLedger(database, Path.Combine(folder, "platform.db"));
        var contradictions = await UntilNoneAsync(ledger, TimeSpan.FromSeconds(90));

        output.WriteLine($"{load.Accepted.Count} accepted, {watch.ScriptsSeen} scripts seen running");
        Assert.True(contradictions.Count == 0, string.Join("\n", contradictions));
        Assert.Empty(load.Accepted.Except(await ledger.ExecutionsAsync()));
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

    private static async Task<List<string>> UntilNoneAsync(ExecutionLedger ledger, TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        List<string> found;
        while ((found = await ledger.ContradictionsAsync()).Count > 0 && !limit.IsCancellationRequested)
            await Task.Delay(200); // recovery is under way
        return found;
    }

    /// <summary>A user who goes on starting, cancelling and waiting for scripts, whatever happens to the platform.</summary>
    private sealed class ExecutionLoad(string mark, int seed)
    {
        private static readonly string[] Scripts =
            ["print(1)", "import time; time.sleep(0.3)", "import time; time.sleep(1.5)", "raise ValueError('x')", "import sys; sys.stdout.write('x' * 200000)"];

        private readonly Random _random = new(seed);
        private HttpClient _http = new();
        private int _next;

        public List<Guid> Accepted { get; } = [];

        public async Task ConnectAsync(PlatformProcess platform)
        {
            var token = _http.DefaultRequestHeaders.Authorization;
            _http.Dispose();
            _http = new HttpClient { BaseAddress = platform.Url };
            await platform.WaitForAsync(_http, "/health/readyz");
            _http.DefaultRequestHeaders.Authorization = token ?? new AuthenticationHeaderValue("Bearer", await SignUpAsync());
        }

        public async Task AcceptedOneMoreAsync()
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            for (var before = Accepted.Count; Accepted.Count == before;)
                await Task.Delay(5, limit.Token);
        }

        public async Task RunAsync(CancellationToken ct)
        {
            while (!ct.IsCancellationRequested)
            {
                try
                {
                    var request = new { script = Scripts[_random.Next(Scripts.Length)], args = new[] { $"{mark}{_next++}" } };
                    var answer = await _http.PostAsJsonAsync("/api/v1/execute", request, ct);
                    if (!answer.IsSuccessStatusCode)
                        continue;
                    var id = (await answer.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("execution_id").GetGuid();
                    Accepted.Add(id);
                    if (_random.Next(5) == 0)
                        await _http.PostAsync(new Uri($"/api/v1/{id}/cancel", UriKind.Relative), null, ct);
                    await Task.Delay(_random.Next(60), ct);
                }
                catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
                {
                    await Task.Delay(10, CancellationToken.None); // it has just been killed
                }
            }
        }

        private async Task<string> SignUpAsync()
        {
            const string Password = "Passw0rd-1";
            (await _http.PostAsJsonAsync("/api/v1/auth/register", new { username = "load", email = "load@example.com", password = Password })).EnsureSuccessStatusCode();
            using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["username"] = "load", ["password"] = Password });
            var answer = await _http.PostAsync(new Uri("/api/v1/auth/login", UriKind.Relative), form);
            return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;
        }
    }
}
