using EmbeddedFunctions.DurableTask;

namespace EmbeddedFunctions.Durable;

/// <summary>Attempts of one call. It is orchestrator code: each attempt and each wait is a task of the context with its own place in the history.</summary>
internal static class RetryLoop
{
    public static Task<T> RunAsync<T>(TaskOrchestrationContext context, TaskRetryOptions? retry, Func<Task<T>> attempt) => retry switch
    {
        { Policy: { } policy } => WithPolicyAsync(context, policy, attempt),
        { Handler: { } handler } => WithHandlerAsync(context, handler, attempt),
        _ => attempt(),
    };

    private static async Task<T> WithPolicyAsync<T>(TaskOrchestrationContext context, RetryPolicy policy, Func<Task<T>> attempt)
    {
        var first = context.CurrentUtcDateTime;
        for (var number = 1; ; number++)
        {
            try
            {
                return await attempt();
            }
            catch (TaskFailedException failed) when (
                number < policy.MaxNumberOfAttempts && !failed.FailureDetails.IsNonRetriable && policy.Handle(failed) && IsInTime(context, policy, first))
            {
            }

            await context.CreateTimer(Wait(policy, number), CancellationToken.None);
        }
    }

    private static async Task<T> WithHandlerAsync<T>(TaskOrchestrationContext context, AsyncRetryHandler handler, Func<Task<T>> attempt)
    {
        var first = context.CurrentUtcDateTime;
        for (var number = 1; ; number++)
        {
            TaskFailedException failure;
            try
            {
                return await attempt();
            }
            catch (TaskFailedException failed) when (!failed.FailureDetails.IsNonRetriable)
            {
                failure = failed;
            }

            if (!await handler(new RetryContext(context, number, failure.FailureDetails, context.CurrentUtcDateTime - first, CancellationToken.None)))
                throw failure;
        }
    }

    private static bool IsInTime(TaskOrchestrationContext context, RetryPolicy policy, DateTime first) =>
        policy.RetryTimeout == Timeout.InfiniteTimeSpan || context.CurrentUtcDateTime - first < policy.RetryTimeout;

    private static TimeSpan Wait(RetryPolicy policy, int failures)
    {
        var wait = policy.FirstRetryInterval.TotalMilliseconds * Math.Pow(policy.BackoffCoefficient, failures - 1);
        return wait < policy.MaxRetryInterval.TotalMilliseconds ? TimeSpan.FromMilliseconds(wait) : policy.MaxRetryInterval;
    }
}
