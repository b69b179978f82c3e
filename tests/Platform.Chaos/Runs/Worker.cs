using System.Net.Http.Json;
using Platform.Testing;

namespace Platform.Chaos.Runs;

/// <summary>A place in the fleet: one worker process after the other.</summary>
internal sealed class Worker(string folder, (string Key, string Value)[] settings) : IAsyncDisposable
{
    private const int EndedByTerm = 128 + 15; // it had not got so far as to handle the signal

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5); // a paused worker does not answer
    private static readonly string Assembly = typeof(Worker).Assembly.Location;

    private PlatformProcess? _process;
    private HttpClient _http = new();

    public PlatformProcess Process => _process ?? throw new InvalidOperationException("The worker has not been started.");

    public void Start()
    {
        _process = PlatformProcess.StartOn(Assembly, folder, settings);
        var former = _http;
        _http = new HttpClient { BaseAddress = _process.Url, Timeout = Patience };
        former.CancelPendingRequests();
    }

    public async Task KillAsync()
    {
        await Process.KillAsync();
        await ForgetAsync();
    }

    public async Task StopAsync()
    {
        var code = await Process.StopAsync();
        if (code is not (0 or EndedByTerm))
            throw new InvalidOperationException($"A worker ended with {code}:\n{await Process.ConsoleAsync()}");
        await ForgetAsync();
    }

    /// <summary>False when it is not known whether it was done.</summary>
    public async Task<bool> TryPostAsync(string path, object? content = null)
    {
        try
        {
            using var answer = await _http.PostAsJsonAsync(new Uri(path, UriKind.Relative), content);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Null when the worker does not answer.</summary>
    public async Task<HashSet<string>?> TryListUnfinishedAsync()
    {
        try
        {
            return await _http.GetFromJsonAsync<HashSet<string>>(new Uri("/unfinished", UriKind.Relative));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ForgetAsync();
        _http.Dispose();
    }

    private async Task ForgetAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _process = null;
    }
}
