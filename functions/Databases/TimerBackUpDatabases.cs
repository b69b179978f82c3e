using Platform.Databases;

namespace Platform.Functions.Databases;

/// <summary>Makes backups by their schedules.</summary>
public sealed class TimerBackUpDatabases(ScheduleBackups schedules)
{
    /// <summary>Start the backups that are due.</summary>
    [Function("Timer_BackUpDatabases")]
    public Task RunAsync([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken ct) => schedules.StartDueAsync(ct);
}
