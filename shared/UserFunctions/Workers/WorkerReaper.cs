using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Platform.UserFunctions;

/// <summary>
/// Looks after the warm workers every five seconds, and at once when a function was changed on this node: ends those that are idle for long or no longer current, keeps as many
/// started as functions ask for.
/// </summary>
internal sealed class WorkerReaper(WorkerPools pools, WorkerCode code, ActiveFunctions active, WorkerSignal signal, Data.DatabaseReady ready, TimeProvider clock, ILogger<WorkerReaper> log) : BackgroundService
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterDeletion = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AtTheEnd = TimeSpan.FromSeconds(10);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await pools.CloseAsync(AtTheEnd);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ready.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                log.LogError(fault, "The workers of functions could not be looked after");
            }

            await signal.Work.WaitAsync(Between, clock, stoppingToken);
        }
    }

    private async Task RunAsync(CancellationToken ct)
    {
        foreach (var (key, function) in pools.Current())
        {
            var now = await active.FindAsync(function.Id, ct);
            if (now is null)
                pools.Retire(key, AfterDeletion);
            else if (!now.Serves || now.Key != key)
                pools.Retire(key, killAfter: null);
        }

        pools.Reap();
        code.Trim();
        active.Trim();
        foreach (var id in await active.KeptWarmAsync(ct))
        {
            if (await active.FindAsync(id, ct) is { Serves: true } function)
                await pools.WarmAsync(function);
        }
    }
}

/// <summary>Wakes the loop that looks after workers.</summary>
public sealed class WorkerSignal
{
    public WorkSignal Work { get; } = new();
}
