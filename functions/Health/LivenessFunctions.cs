using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Platform.Functions.Http;
using Platform.Health;
using Platform.Identity;
using Platform.RateLimits;

namespace Platform.Functions.Health;

/// <summary>Says that the process answers. Touches no database, no file and no other service, so that it works before and without them.</summary>
public sealed class LivenessFunctions(TimeProvider clock)
{
    private static readonly DateTimeOffset ProcessStart = StartOfProcess(); // asked once: the system reads it from files

    /// <summary>Is the process alive?</summary>
    [Api(Family.Executions)]
    [Function("Health_Live")]
    [Operation(Permissions.Public, Rate.None, Cache = "no-store")]
    public Result<Liveness> Live([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/healthz")] HttpRequest http) => Now();

    /// <summary>Is the process alive? (Checks' spelling.)</summary>
    [Api(Family.Checks)]
    [Function("Health_LiveShort")]
    [Operation(Permissions.Public, Rate.None, Cache = "no-store")]
    public Result<Liveness> LiveShort([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/health/live")] HttpRequest http) => Now();

    private Liveness Now()
    {
        var now = clock.GetUtcNow();
        return new Liveness("alive", Math.Max(0, (long)(now - ProcessStart).TotalSeconds), now);
    }

    private static DateTimeOffset StartOfProcess()
    {
        using var process = Process.GetCurrentProcess();
        return process.StartTime.ToUniversalTime();
    }
}
