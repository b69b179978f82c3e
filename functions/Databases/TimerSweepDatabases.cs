using Platform.Databases;

namespace Platform.Functions.Databases;

/// <summary>Keeps the sizes of databases known and their deletions going.</summary>
public sealed class TimerSweepDatabases(DatabaseSweep sweep)
{
    /// <summary>Measure databases, and begin deletions again that failed.</summary>
    [Function("Timer_SweepDatabases")]
    public Task RunAsync([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken ct) => sweep.RunAsync(ct);
}
