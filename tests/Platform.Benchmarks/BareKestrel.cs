using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Platform.Benchmarks;

/// <summary>The comparison for HTTP: Kestrel with endpoints that answer the same bodies and do nothing else.</summary>
internal static class BareKestrel
{
    private static readonly JsonSerializerOptions SnakeCase = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static async Task<int> RunAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapGet("/streams", () => Results.Json(
            new Streams("healthy", true, 0, 0, 1, 5, new Shutdown("ready", false, false, 0, 0), TimeProvider.System.GetUtcNow()), SnakeCase));
        app.MapGet("/health", () => Results.Json(new Alive("alive", Environment.TickCount64 / 1000, TimeProvider.System.GetUtcNow()), SnakeCase));
        await app.RunAsync($"http://127.0.0.1:{port}");
        return 0;
    }

    private sealed record Streams(
        string Status, bool KafkaEnabled, int ActiveConnections, int ActiveExecutions, int ActiveConsumers, int MaxConnectionsPerUser, Shutdown Shutdown, DateTimeOffset Timestamp);

    private sealed record Shutdown(string Phase, bool Initiated, bool Complete, int ActiveConnections, int DrainingConnections);

    private sealed record Alive(string Status, long UptimeSeconds, DateTimeOffset Timestamp);
}
