using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Platform.Functions.Http;
using Platform.Health;
using Platform.Identity;
using Platform.RateLimits;

namespace Platform.Functions.Health;

/// <summary>Says how the components are that the platform needs. Anonymous: the answers hold fixed words only.</summary>
[Api(Family.Executions)]
public sealed class HealthFunctions(HealthProber prober, IHostApplicationLifetime lifetime)
{
    /// <summary>Can this host take work? Lists every component; 503 when a critical one is unhealthy or the host is shutting down.</summary>
    [Function("Health_Ready")]
    [Operation(Permissions.Public, Rate.None, Cache = "no-store")]
    public async Task<Result<Readiness>> ReadyAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/readyz")] HttpRequest http, [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var report = await prober.ProbeAsync(client, ct);
        var isReady = report.Status != ComponentStatus.Unhealthy && !lifetime.ApplicationStopping.IsCancellationRequested;
        return Answer(http, isReady, Readiness.From(report, isReady));
    }

    /// <summary>The health of the whole in one word; 503 when it is unhealthy.</summary>
    [Function("Health_Summary")]
    [Operation(Permissions.Public, Rate.None, Cache = "no-store")]
    public async Task<Result<HealthSummary>> SummaryAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/health")] HttpRequest http, [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var report = await prober.ProbeAsync(client, ct);
        return Answer(http, report.Status != ComponentStatus.Unhealthy, new HealthSummary(report.Status));
    }

    /// <summary>The health of database, queue and storage.</summary>
    [Api(Family.Checks)]
    [Function("Health_Dependencies")]
    [Operation(Permissions.Public, Rate.None, Cache = "no-store")]
    public async Task<Result<DependencyHealth>> DependenciesAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/health")] HttpRequest http, [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var health = DependencyHealth.From(await prober.ProbeAsync(client, ct));
        return Answer(http, health.Checks.Database.IsOk, health);
    }

    private static Result<T> Answer<T>(HttpRequest http, bool isGood, T body)
    {
        if (!isGood)
            http.HttpContext.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return body;
    }
}
