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
        using var process = Process.GetCurrentProcess();
        var now = clock.GetUtcNow();
        return new Liveness("alive", Math.Max(0, (long)(now - process.StartTime.ToUniversalTime()).TotalSeconds), now);
    }
}
