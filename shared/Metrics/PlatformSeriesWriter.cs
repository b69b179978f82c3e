using Microsoft.Extensions.Hosting;
using Platform.Data;

namespace Platform.Metrics;

/// <summary>Writes the platform's points down every 5 seconds while there are some, and what is left when the host stops.</summary>
internal sealed class PlatformSeriesWriter(PlatformSeries series, DatabaseReady ready, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (ready.IsReady)
            await series.FlushAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ready.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            await series.Waiting.WaitAsync(stoppingToken);
            await Task.Delay(Pause, clock, stoppingToken);
            await series.FlushAsync(stoppingToken);
        }
    }
}
