namespace EmbeddedFunctions.Durable;

/// <summary>What a client changes, committed with the checkpoints of instances.</summary>
internal static class ClientCommit
{
    /// <summary>Returns when the change is durable. Giving up the wait does not take it back.</summary>
    public static Task RunAsync(DurableNode node, Action<Checkpoint> fill, CancellationToken ct)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Checkpoint? checkpoint = null;
        checkpoint = new Checkpoint(error =>
        {
            if (error is null)
            {
                node.DeliverAll(checkpoint!);
                done.SetResult();
            }
            else
            {
                done.SetException(error);
            }
        });
        fill(checkpoint);
        node.Writer.Enqueue(checkpoint);
        return done.Task.WaitAsync(ct);
    }
}
