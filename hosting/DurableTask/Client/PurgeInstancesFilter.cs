namespace EmbeddedFunctions.DurableTask.Client;

/// <summary>Which finished orchestrations a purge removes; <c>Timeout</c> bounds the time that one call may take.</summary>
public record PurgeInstancesFilter(DateTimeOffset? CreatedFrom = null, DateTimeOffset? CreatedTo = null, IEnumerable<OrchestrationRuntimeStatus>? Statuses = null)
{
    public TimeSpan? Timeout { get; init; }
}
