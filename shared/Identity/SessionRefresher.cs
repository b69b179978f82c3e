using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Data;

namespace Platform.Identity;

/// <summary>Renews the cached sessions in use up to four times a second, in batches, so that requests need not.</summary>
internal sealed class SessionRefresher(SessionDirectory sessions, DatabaseReady ready, TimeProvider clock, ILogger<SessionRefresher> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ready.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            await sessions.Used.WaitAsync(stoppingToken);
            await Task.Delay(Pause, clock, stoppingToken);
            try
            {
                await sessions.RefreshAsync(stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning(fault, "Renewing cached sessions failed; their readers will wait for the database");
            }
        }
    }
}
