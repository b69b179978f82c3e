using System.Net.Http.Json;
using System.Text.Json;
using Platform.Testing;

namespace Platform.SystemTests;

/// <summary>A user who goes on starting, cancelling and waiting for scripts, whatever happens to the platform.</summary>
internal sealed class ExecutionLoad(string mark, int seed)
{
    private static readonly string[] Scripts =
        ["print(1)", "import time; time.sleep(0.3)", "import time; time.sleep(1.5)", "raise ValueError('x')", "import sys; sys.stdout.write('x' * 200000)"];

    private static readonly string[] Ends = ["completed", "failed", "timeout", "cancelled", "error"];

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
        _http.DefaultRequestHeaders.Authorization = token ?? await NewUser.SignUpAsync(_http);
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

    /// <summary>Waits until the execution has ended and returns how.</summary>
    public async Task<string> EndAsync(Guid executionId, TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        while (true)
        {
            using var answer = await _http.GetAsync(new Uri($"/api/v1/result/{executionId}", UriKind.Relative), limit.Token);
            if (answer.IsSuccessStatusCode && (await answer.Content.ReadFromJsonAsync<JsonElement>(limit.Token)).GetProperty("status").GetString() is { } status && Ends.Contains(status))
                return status;
            await Task.Delay(50, limit.Token);
        }
    }
}
