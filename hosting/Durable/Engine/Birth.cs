using EmbeddedFunctions.Durable.Storage;

namespace EmbeddedFunctions.Durable;

/// <summary>
/// The start of an instance whose id was made for it: its creation and its first turn are one commit, which saves every workflow one. Since nobody knows the id before the
/// commit, the creation cannot be refused and nothing can be sent to the instance. Where the first turn cannot be made, the creation is committed alone.
/// </summary>
internal sealed class Birth(DurableNode node, NewInstance creation)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public NewInstance Creation => creation;

    /// <summary>Returns when the instance is durable. Giving up the wait does not take it back.</summary>
    public static async Task RunAsync(DurableNode node, NewInstance creation, CancellationToken ct)
    {
        var (header, birth) = (creation.Header, new Birth(node, creation));
        if (node.OwnedOrNull(header.Partition) is { } partition)
            partition.Post(new Message(header.InstanceId, header.Partition) { Birth = birth });
        else
            birth.CreateOnly();
        await birth._done.Task.WaitAsync(ct);
    }

    /// <summary>Commits the creation without the first turn, which the partition's owner then makes.</summary>
    public void CreateOnly() => _ = CreateOnlyAsync();

    /// <summary>The commit with the first turn has ended so. A lost lease concerns the turn only: another node makes it.</summary>
    public void Committed(Exception? error)
    {
        if (error is null)
            _done.TrySetResult();
        else if (error is FenceLostException)
            CreateOnly();
        else
            _done.TrySetException(error);
    }

    private async Task CreateOnlyAsync()
    {
        try
        {
            await ClientCommit.RunAsync(node, checkpoint => checkpoint.Creations.Add(creation), CancellationToken.None);
            _done.TrySetResult();
        }
        catch (Exception e)
        {
            _done.TrySetException(e);
        }
    }
}
