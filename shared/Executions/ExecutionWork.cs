using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Events;
using Platform.Sandbox;

namespace Platform.Executions;

/// <summary>Loading executions with all that their work changes.</summary>
internal static class ExecutionWork
{
    private const int MaxTries = 8;

    /// <summary>Raises an event that belongs to the execution's owner, whoever does the work.</summary>
    public static PlatformEvent RaiseFor(this PlatformDbContext db, Execution execution, DomainEvent fact) =>
        db.Raise(fact with { OwnerId = execution.UserId, OrganizationId = execution.OrganizationId, ProjectId = execution.ProjectId });

    /// <summary>The script's process is running; false when the execution is not in a state for that.</summary>
    public static bool RaiseStart(this PlatformDbContext db, Execution execution, SandboxStarted started)
    {
        if (execution.Start(started.At) is not null)
            return false;

        var pod = execution.PodName;
        execution.Saga?.Reach(SagaSteps.Monitor, started.At);
        db.RaiseFor(execution, new ExecutionStartedEvent(execution.Id, pod, started.Node, started.ProcessId.ToString()));
        db.RaiseFor(execution, new PodRunning(execution.Id, pod, [new ContainerStatus(execution.Lang, Ready: true, RestartCount: 0, State: "running")]));
        db.RaiseFor(execution, new ExecutionRunning(execution.Id, pod));
        return true;
    }

    /// <summary>As the worker has it at hand since its last step, else as stored; its version tells whether it is still current.</summary>
    public static async Task<Execution?> FindTrackedWorkAsync(this PlatformDbContext db, Guid id, CancellationToken ct) =>
        db.Executions.Local.FindEntry(id)?.Entity ?? await db.FindWorkAsync(id, ct);

    /// <summary>
    /// Repeats a unit of work that lost a race for a row's version, from a clean context. A cancellation may come at any moment, and two who both
    /// want to end the same execution insert the same result key.
    /// </summary>
    public static async Task<T> RetryOnRaceAsync<T>(this PlatformDbContext db, Func<Task<T>> body)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await body();
            }
            catch (DbUpdateException) when (attempt < MaxTries)
            {
                db.Discard();
            }
        }
    }
}
