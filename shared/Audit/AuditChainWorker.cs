using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

using Platform.Data;

namespace Platform.Audit;

/// <summary>Links entries after the commits that stored them. Sleeps while there is nothing to link.</summary>
internal sealed class AuditChainWorker(AuditChains chains, AuditSignal signal, DatabaseReady ready, TimeProvider clock, ILogger<AuditChainWorker> log) : BackgroundService
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ready.WaitAsync(stoppingToken);
        signal.Work.Set(); // what an earlier process left
        while (!stoppingToken.IsCancellationRequested)
        {
            await signal.Work.WaitAsync(stoppingToken);
            await Task.Delay(AuditChains.Grace, clock, stoppingToken);
            try
            {
                if (await chains.LinkAsync(stoppingToken))
                    signal.Work.Set();
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning(fault, "Audit entries could not be linked; trying again");
                await Task.Delay(PauseAfterFailure, clock, stoppingToken);
                signal.Work.Set();
            }
        }
    }
}
