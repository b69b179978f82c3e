using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Sandbox.Runtimes;

namespace Platform.Sandbox;

/// <summary>Probes the sandbox and the runtimes at start and the sandbox again every minute; drains the sandbox when the host stops.</summary>
internal sealed class SandboxWatch(
    ISandbox sandbox, BubblewrapSandbox local, RuntimeProbe runtimes, IOptions<SandboxOptions> options, TimeProvider clock, ILogger<SandboxWatch> logger) : BackgroundService
{
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await local.DrainAsync(cancellationToken);
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // the host's start does not wait for probes
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.Value.ProbeSeconds), clock);
        do
        {
            try
            {
                var state = await sandbox.ProbeAsync(stoppingToken);
                if (state.AcceptsRuns)
                    await runtimes.ProbeOnceAsync(stoppingToken);
                else
                    logger.LogError("Foreign programs cannot run on this host: {Detail}", state.Detail);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                logger.LogError(e, "The sandbox could not be probed");
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
