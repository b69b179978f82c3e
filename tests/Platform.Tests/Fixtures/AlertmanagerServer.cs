using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;

namespace Platform.Tests.Fixtures;

/// <summary>A real Alertmanager (Debian's <c>prometheus-alertmanager</c>) on a free port, which sends its alerts to one webhook without waiting long.</summary>
public sealed class AlertmanagerServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _directory;
    private readonly HttpClient _client;

    private AlertmanagerServer(Process process, string directory, HttpClient client) => (_process, _directory, _client) = (process, directory, client);

    /// <param name="webhook">Where alerts go; with <paramref name="token"/> as bearer token.</param>
    /// <param name="token">Null for none.</param>
    /// <param name="maxAlerts">Of one message; the rest is only counted. 0 for all.</param>
    public static async Task<AlertmanagerServer> StartAsync(Uri webhook, string? token = null, int maxAlerts = 0)
    {
        var directory = Directory.CreateTempSubdirectory("alertmanager-").FullName;
        var configuration = Path.Combine(directory, "alertmanager.yml");
        await File.WriteAllTextAsync(configuration, Configuration(webhook, token, maxAlerts));
        var port = FreePort();
        var start = new ProcessStartInfo("prometheus-alertmanager") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[$"--config.file={configuration}", $"--storage.path={directory}", $"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="])
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var log = process.StandardError.ReadToEndAsync();
        var server = new AlertmanagerServer(process, directory, new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") });
        await Until.TrueAsync(() => server.IsReadyAsync(log), "Alertmanager is ready", seconds: 60);
        return server;
    }

    /// <summary>Posts alerts as Prometheus does.</summary>
    public async Task PostAsync(params object[] alerts) => (await _client.PostAsJsonAsync("/api/v2/alerts", alerts)).EnsureSuccessStatusCode();

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _client.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task<bool> IsReadyAsync(Task<string> log)
    {
        if (_process.HasExited)
            throw new InvalidOperationException($"Alertmanager ended at once: {await log}");
        try
        {
            return (await _client.GetAsync("/-/ready")).StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static string Configuration(Uri webhook, string? token, int maxAlerts) => $"""
        route:
          receiver: platform
          group_by: ['group']
          group_wait: 100ms
          group_interval: 500ms
          repeat_interval: 1s
        receivers:
          - name: platform
            webhook_configs:
              - url: '{webhook}'
                send_resolved: true
                max_alerts: {maxAlerts}
        {(token is null ? "" : $"        http_config: {{ authorization: {{ credentials: '{token}' }} }}")}
        """;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
