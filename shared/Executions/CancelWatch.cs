using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Data;
using Platform.Identity;

namespace Platform.Executions;

/// <summary>Stops runs of this process whose cancellation was asked for in another one. Looks once a second, and only while something runs here.</summary>
internal sealed class CancelWatch(RunningExecutions running, IServiceScopeFactory scopes, TimeProvider clock, ILogger<CancelWatch> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            while (running.IsEmpty)
                await running.Entered.WaitAsync(stoppingToken);
            await Task.Delay(Pause, clock, stoppingToken);
            try
            {
                await StopCancelledAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning(e, "Cancellations could not be looked up; next attempt in {Seconds} s", Pause.TotalSeconds);
            }
        }
    }

    private async Task StopCancelledAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var mine = running.Ids;
        foreach (var id in await db.Executions.Where(e => mine.Contains(e.Id) && e.CancelRequestedAt != null).Select(e => e.Id).ToListAsync(ct))
            running.Cancel(id);
    }
}
