using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Data;

namespace Platform.Identity;

/// <summary>Renews the cached sessions and access tokens in use up to four times a second, in batches, so that requests need not.</summary>
internal sealed class CopyRefresher(SessionDirectory sessions, TokenDirectory tokens, DatabaseReady ready, TimeProvider clock, ILogger<CopyRefresher> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ready.WaitAsync(stoppingToken);
        await Task.WhenAll(RenewAsync(sessions.Copies, stoppingToken), RenewAsync(tokens.Copies, stoppingToken));
    }

    private async Task RenewAsync(IRenewedCopies copies, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            await copies.Used.WaitAsync(ct);
            await Task.Delay(Pause, clock, ct);
            try
            {
                await copies.RefreshAsync(ct);
            }
            catch (Exception fault) when (!ct.IsCancellationRequested)
            {
                log.LogWarning(fault, "Renewing cached credentials failed; their readers will wait for the database");
            }
        }
    }
}
