using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Executions;

namespace Platform.Functions.Executions;

/// <summary>Timers of the area, in the name of the platform: the queue is one for all tenants.</summary>
public sealed class TimerScheduleExecutions(IServiceScopeFactory scopes, DatabaseReady ready)
{
    /// <summary>Hand out slots that no end of an execution has handed out.</summary>
    [Function("Timer_ScheduleExecutions")]
    public async Task ScheduleAsync([TimerTrigger("*/10 * * * * *")] TimerInfo timer, CancellationToken ct)
    {
        await ready.WaitAsync(ct);
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        await scope.ServiceProvider.GetRequiredService<ExecutionQueue>().ScheduleAsync(ct);
    }

    /// <summary>End or restart executions that fell through every other net.</summary>
    [Function("Timer_SweepExecutions")]
    public async Task SweepAsync([TimerTrigger("0 */5 * * * *", RunOnStartup = true)] TimerInfo timer, CancellationToken ct)
    {
        await ready.WaitAsync(ct);
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        await scope.ServiceProvider.GetRequiredService<ExecutionSweep>().SweepAsync(ct);
    }
}
