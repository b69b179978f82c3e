using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Data;

namespace Platform.RateLimits;

/// <summary>Gives unused leases back while the process runs.</summary>
internal sealed class RateLimitSweeper(RateLimiter limiter, DatabaseReady ready, TimeProvider clock, ILogger<RateLimitSweeper> log) : BackgroundService
{
    private const int SweepsPerCleaning = 600;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ready.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(Pause, clock);
        for (var sweep = 1; await timer.WaitForNextTickAsync(stoppingToken); sweep++)
        {
            try
            {
                await limiter.SweepAsync(stoppingToken);
                if (sweep % SweepsPerCleaning == 0)
                    await limiter.DeleteExpiredAsync(stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning(fault, "Sweeping rate limits failed");
            }
        }
    }
}
