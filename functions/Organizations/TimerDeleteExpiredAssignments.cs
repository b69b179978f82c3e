using Platform.Organizations;

namespace Platform.Functions.Organizations;

/// <summary>Keeps the table of assignments to what counts.</summary>
public sealed class TimerDeleteExpiredAssignments(ExpiredAssignments expired)
{
    /// <summary>Delete assignments past their end and note each in the audit log.</summary>
    [Function("Timer_DeleteExpiredAssignments")]
    public Task RunAsync([TimerTrigger("0 7 * * * *")] TimerInfo timer, CancellationToken ct) => expired.DeleteAsync(ct);
}
