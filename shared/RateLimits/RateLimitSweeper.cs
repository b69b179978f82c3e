using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Data;

namespace Platform.RateLimits;

/// <summary>Gives unused leases back while the process runs.</summary>
internal sealed class RateLimitSweeper(RateLimiter limiter, DatabaseReady ready, TimeProvider clock, ILogger<RateLimitSweeper> log) : BackgroundService
{
    private static readonly TimeSpan CleaningInterval = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ready.WaitAsync(stoppingToken);
        var (leasesRemain, cleanedAt) = (false, clock.GetTimestamp());
        while (!stoppingToken.IsCancellationRequested)
        {
            if (!leasesRemain)
                await limiter.Leased.WaitAsync(CleaningInterval, clock, stoppingToken);
            await Task.Delay(Pause, clock, stoppingToken);
            try
            {
                leasesRemain = await limiter.SweepAsync(stoppingToken);
                if (clock.GetElapsedTime(cleanedAt) < CleaningInterval)
                    continue;
                await limiter.DeleteExpiredAsync(stoppingToken);
                cleanedAt = clock.GetTimestamp();
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning(fault, "Sweeping rate limits failed");
            }
        }
    }
}
