using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Data;

namespace Platform.Identity;

/// <summary>Writes the uses of tokens down every 10 seconds while there are some, and what is left when the host stops.</summary>
internal sealed class TokenUsageWriter(TokenUsage usage, TokenUsageStore store, DatabaseReady ready, TimeProvider clock, ILogger<TokenUsageWriter> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (ready.IsReady)
            await FlushAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ready.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            await usage.Used.WaitAsync(stoppingToken);
            await Task.Delay(Pause, clock, stoppingToken);
            if (await FlushAsync(stoppingToken))
                usage.Used.Set();
        }
    }

    private async Task<bool> FlushAsync(CancellationToken ct)
    {
        try
        {
            return await store.FlushAsync(ct);
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            log.LogWarning(fault, "Writing the uses of access tokens failed; it is tried again");
            return true;
        }
    }
}
