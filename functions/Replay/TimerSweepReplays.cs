using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Replay;

namespace Platform.Functions.Replay;

/// <summary>Keeps no sessions beyond their retention.</summary>
public sealed class TimerSweepReplays(IServiceScopeFactory scopes, DatabaseReady ready)
{
    /// <summary>Delete replay sessions whose retention is over, with their files.</summary>
    [Function("Timer_SweepReplays")]
    public async Task RunAsync([TimerTrigger("0 50 3 * * *")] TimerInfo timer, CancellationToken ct)
    {
        await ready.WaitAsync(ct);
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        await scope.ServiceProvider.GetRequiredService<ReplayCleanup>().SweepAsync(ct);
    }
}
