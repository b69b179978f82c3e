using Platform.Events;

namespace Platform.Executions;

/// <summary>Waits for the end of an execution on behalf of a caller who wants the result in the same answer.</summary>
public sealed class ExecutionWaiter(EventTail tail, ExecutionQueries queries, TimeProvider clock)
{
    /// <summary>The final result, or the state at the end of <paramref name="patience"/>.</summary>
    public async Task<Result<ExecutionStarted>> WaitAsync(Guid executionId, TimeSpan patience, CancellationToken ct)
    {
        using var end = new CancellationTokenSource(patience, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(end.Token, ct);
        while (true)
        {
            using var subscription = tail.Subscribe(executionId.ToString(), live: false);
            var view = await queries.GetAsync(executionId, ct); // after subscribing, so that an end is either seen here or told
            if (!view.IsOk)
                return view.Error;
            if (view.Value.Status.IsTerminal() || end.IsCancellationRequested)
                return view.Value.Status.IsTerminal() ? view.Value : new ExecutionStarted(executionId, view.Value.Status);
            await EndAsync(subscription, both.Token, ct);
        }
    }

    private static async Task EndAsync(TailSubscription subscription, CancellationToken patience, CancellationToken ct)
    {
        try
        {
            while (await subscription.ReadAsync(patience) is { } item && !ResultEvents.Ends(item.EventType))
            {
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // patience is over; the caller gets the state as it is
        }
    }
}
