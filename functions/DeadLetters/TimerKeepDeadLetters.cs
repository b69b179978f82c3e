using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.DeadLetters;

namespace Platform.Functions.DeadLetters;

/// <summary>Timers of the area, in the name of the platform. Each run is one over all nodes.</summary>
public sealed class TimerKeepDeadLetters(IServiceScopeFactory scopes, DatabaseReady ready, DeadLetterSweep sweep)
{
    /// <summary>Retry what is due.</summary>
    [Function("Timer_RetryDeadLetters")]
    public async Task RetryAsync([TimerTrigger("*/10 * * * * *")] TimerInfo timer, CancellationToken ct)
    {
        await ready.WaitAsync(ct);
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        await scope.ServiceProvider.GetRequiredService<RetryDeadLetters>().RetryDueAsync(ct);
    }

    /// <summary>Discard what has waited too long, delete what is long over.</summary>
    [Function("Timer_SweepDeadLetters")]
    public async Task SweepAsync([TimerTrigger("0 0 * * * *")] TimerInfo timer, CancellationToken ct)
    {
        await ready.WaitAsync(ct);
        await using (var scope = scopes.CreateScopeFor(Caller.Platform))
            await scope.ServiceProvider.GetRequiredService<DiscardDeadLetters>().ExpireAsync(ct);
        await sweep.DeleteFinalAsync(ct);
    }
}
