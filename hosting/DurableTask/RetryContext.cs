namespace EmbeddedFunctions.DurableTask;

/// <summary>What a retry handler learns about the attempts made so far; <c>LastAttemptNumber</c> counts from 1.</summary>
public record RetryContext(
    TaskOrchestrationContext OrchestrationContext, int LastAttemptNumber, TaskFailureDetails LastFailure, TimeSpan TotalRetryTime, CancellationToken CancellationToken);
