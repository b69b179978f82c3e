using Platform.Testing;

namespace Platform.Benchmarks.Soak;

/// <summary>A place in the fleet: one platform process after the other, on the same database and files.</summary>
internal sealed class SoakNode(string folder, (string Key, string Value)[] settings) : IAsyncDisposable
{
    private PlatformProcess? _process;

    /// <summary>Null while nothing runs there.</summary>
    public Uri? Url { get; private set; }

    public int Id => Process.Id;

    private PlatformProcess Process => _process ?? throw new InvalidOperationException("The node has not been started.");

    public void Start()
    {
        _process = PlatformProcess.StartOn(BuiltFiles.FunctionApp, folder, settings);
        Url = _process.Url;
    }

    public async Task UntilReadyAsync()
    {
        using var http = new HttpClient { BaseAddress = Process.Url };
        await Process.WaitForAsync(http, "/health/readyz");
    }

    public async Task KillAsync()
    {
        Url = null;
        await Process.KillAsync();
        await ForgetAsync();
    }

    /// <summary>Stops it in order; null, or what was wrong with that.</summary>
    public async Task<string?> StopAsync()
    {
        Url = null;
        var code = await Process.StopAsync();
        await ForgetAsync();
        return code == 0 ? null : $"a node that was asked to stop ended with {code}";
    }

    public async ValueTask DisposeAsync()
    {
        Url = null;
        await ForgetAsync();
    }

    private async Task ForgetAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _process = null;
    }
}
