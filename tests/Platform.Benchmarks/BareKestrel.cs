using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Platform.Benchmarks;

/// <summary>The comparison for HTTP: Kestrel with endpoints that answer the same bodies and do nothing else.</summary>
internal static class BareKestrel
{
    public static async Task<int> RunAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapGet("/token", () => Results.Json(new Token(true, "bench", "user", "")));
        app.MapGet("/health", () => Results.Json(new Alive("alive", Environment.TickCount64 / 1000, TimeProvider.System.GetUtcNow())));
        await app.RunAsync($"http://127.0.0.1:{port}");
        return 0;
    }

    private sealed record Token(bool valid, string username, string role, string csrf_token);

    private sealed record Alive(string status, long uptime_seconds, DateTimeOffset timestamp);
}
