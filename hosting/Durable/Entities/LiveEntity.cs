using EmbeddedFunctions.Durable.Storage;

namespace EmbeddedFunctions.Durable;

/// <summary>An entity in memory. Its state is that of its last commit; a failed commit drops it and everything that the turn took in is read anew.</summary>
internal sealed class LiveEntity(DurableNode node, OwnedPartition partition, string entityId) : LiveInstance(node, partition, entityId)
{
    private StoredEntity? _entity;
    private Queue<Message> _held = new();
    private EntityTurn? _committing;

    protected override bool HoldsMessages => _held.Count > 0;

    protected override bool Leaves => _entity is { IsGone: true } && _held.Count == 0;

    protected override async Task<bool> AdvanceAsync()
    {
        if (_committing is { } committed)
            await FinishAsync(committed);
        if (Partition.Lost.IsCancellationRequested)
            return true;

        _entity ??= await LoadAsync();
        var turn = new EntityTurn(Node, Partition, _entity, _held, TakeMailbox());
        try
        {
            await turn.RunAsync(OnCommitted);
        }
        catch (Exception) when (Partition.Lost.IsCancellationRequested)
        {
            return true;
        }
        catch
        {
            _held = new Queue<Message>();
            PutBack(turn.Input);
            throw;
        }

        if (turn.Checkpoint is not { } checkpoint)
        {
            _held = turn.Held;
            return false;
        }

        _committing = turn;
        Node.Writer.Enqueue(checkpoint);
        return true;
    }

    private async Task<StoredEntity> LoadAsync()
    {
        await Node.Loads.WaitAsync();
        try
        {
            return await Node.Store.GetEntityAsync(InstanceId, CancellationToken.None) ?? new StoredEntity(InstanceId, Partition.Id);
        }
        finally
        {
            Node.Loads.Release();
        }
    }

    private async Task FinishAsync(EntityTurn turn)
    {
        _committing = null;
        if (CommitError is FenceLostException)
            return;

        if (CommitError is not null)
        {
            _entity = null;
            _held = new Queue<Message>();
            PutBack(await RemainingAsync(turn.Input));
            return;
        }

        Succeeded();
        Partition.Consumed(turn.Checkpoint!.Consumed);
        _entity = turn.Next;
        _held = turn.Held;
        PutBack(turn.Unread);
        Node.DeliverAll(turn.Checkpoint);
    }
}
