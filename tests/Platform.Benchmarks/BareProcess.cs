using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Platform.Benchmarks;

/// <summary>A bare server, by default <see cref="BareKestrel"/>, as a process of its own.</summary>
internal sealed class BareProcess : IAsyncDisposable
{
    private readonly Process _process;

    private BareProcess(Process process, Uri url, TimeSpan startUp)
    {
        _process = process;
        Url = url;
        StartUp = startUp;
    }

    public Uri Url { get; }

    public int Id => _process.Id;

    public TimeSpan StartUp { get; }

    public static Task<BareProcess> StartAsync() => StartAsync("bare-kestrel");

    /// <param name="mode">What this program is to be; it is told the port and then <paramref name="arguments"/>, and answers <c>GET /health</c>.</param>
    public static async Task<BareProcess> StartAsync(string mode, params string[] arguments)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        var clock = Stopwatch.StartNew();
        var process = Process.Start(new ProcessStartInfo("dotnet", [BuiltFiles.Self, mode, $"{port}", .. arguments]))!;
        var url = new Uri($"http://127.0.0.1:{port}");
        using var http = new HttpClient { BaseAddress = url };
        while (true)
        {
            try
            {
                (await http.GetAsync(new Uri("/health", UriKind.Relative))).Dispose();
                return new BareProcess(process, url, clock.Elapsed);
            }
            catch (HttpRequestException) when (clock.Elapsed < TimeSpan.FromSeconds(30))
            {
                await Task.Delay(5);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
