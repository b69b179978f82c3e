using EmbeddedFunctions.Durable.Storage;
using EmbeddedFunctions.DurableTask.Entities;
using Microsoft.Extensions.Logging;

namespace EmbeddedFunctions.Durable;

/// <summary>
/// One turn of an entity: takes messages in, runs the operations among them and collects what has to be committed. Messages that a lock keeps out stay in the inbox.
/// </summary>
internal sealed class EntityTurn(DurableNode node, OwnedPartition partition, StoredEntity entity, IEnumerable<Message> held, List<Message> messages)
{
    private readonly Queue<Message> _incoming = new(messages.Where(m => m.Event is not null));
    private readonly DateTime _now = entity.UpdatedAt > node.UtcNow ? entity.UpdatedAt : node.UtcNow;
    private readonly List<OperationRequest> _operations = [];
    private readonly List<string> _consumed = [];
    private readonly List<Message> _sent = [];
    private EntityCaller? _lock = entity.Lock;

    /// <summary>What the turn was given, what was held back before included.</summary>
    public List<Message> Input { get; } = [.. held, .. messages];

    /// <summary>Messages that wait for the end of a lock.</summary>
    public Queue<Message> Held { get; private set; } = new(held);

    /// <summary>Messages beyond the size of a batch.</summary>
    public List<Message> Unread { get; } = [];

    /// <summary>The entity after the commit.</summary>
    public StoredEntity? Next { get; private set; }

    /// <summary>Null when nothing changes.</summary>
    public Checkpoint? Checkpoint { get; private set; }

    public async Task RunAsync(Action<Exception?> completed)
    {
        while (_operations.Count < node.Options.MaxEntityBatch && TryTake() is { } message)
        {
            _consumed.Add(message.Id!);
            Accept(message.Event!);
        }

        Unread.AddRange(_incoming);
        if (_consumed.Count == 0)
            return;

        var batch = new EntityBatch(EntityInstanceId.FromString(entity.EntityId), entity.State, _operations, node.Services, partition.Lost);
        if (_operations.Count > 0)
            await ExecuteAsync(batch);
        Next = entity with { State = batch.State, Lock = _lock, UpdatedAt = _now };
        Checkpoint = new Checkpoint(completed) { Fence = partition.Lease, Entity = Next };
        Checkpoint.Consumed.AddRange(_consumed);
        Answer(batch);
        Checkpoint.Messages.AddRange(_sent);
        foreach (var effect in batch.Effects)
            Carry(effect, Checkpoint);
    }

    /// <summary>The next message that the lock lets through; what was held back comes first once it is open.</summary>
    private Message? TryTake()
    {
        if (_lock is null && Held.TryDequeue(out var waiting))
            return waiting;

        while (_incoming.TryDequeue(out var message))
        {
            if (IsLetIn(message.Event!))
                return message;
            Held.Enqueue(message);
        }

        return null;
    }

    private bool IsLetIn(HistoryEvent content) => _lock is null || content is LockRelease || (content is OperationRequest { Caller: { } caller } && caller.IsSameExecution(_lock));

    private void Accept(HistoryEvent content)
    {
        switch (content)
        {
            case OperationRequest operation:
                _operations.Add(operation);
                break;
            case LockRequest request:
                _lock = request.Owner;
                if (request.Next is { } next)
                    Send(next, request with { Position = request.Position + 1 });
                else
                    Send(request.Owner, new EntityLockGranted(request.Owner.TaskId));
                break;
            case LockRelease release:
                Release(release);
                break;
        }
    }

    private void Release(LockRelease release)
    {
        if (_lock == release.Owner)
            _lock = null;
        else
            Forget(release.Owner);
        if (release.Rest is [var next, ..])
            Send(next, release with { Rest = [.. release.Rest.Skip(1)] });
    }

    /// <summary>The request waits behind somebody else's lock, and nobody waits for it any more.</summary>
    private void Forget(EntityCaller owner)
    {
        var dropped = Held.Where(m => m.Event is LockRequest request && request.Owner == owner).ToList();
        _consumed.AddRange(dropped.Select(m => m.Id!));
        Held = new Queue<Message>(Held.Except(dropped));
    }

    private async Task ExecuteAsync(EntityBatch batch)
    {
        var name = EntityInstanceId.FromString(entity.EntityId).Name;
        if (!node.Services.Functions.HasEntity(name))
        {
            batch.FailRest(Failure.Permanent("EntityTaskNotFound", $"There is no entity '{name}'."));
            return;
        }

        await node.Entities.WaitAsync(partition.Lost);
        try
        {
            await node.Services.Functions.RunEntityAsync(name, batch, partition.Lost);
            batch.FailRest(Failure.Permanent(typeof(InvalidOperationException).FullName!, $"The function of the entity '{name}' has not dispatched the operation."));
        }
        catch (Exception e) when (!partition.Lost.IsCancellationRequested)
        {
            batch.FailRest(Failure.From(e));
        }
        finally
        {
            node.Entities.Release();
        }
    }

    private void Answer(EntityBatch batch)
    {
        for (var i = 0; i < _operations.Count; i++)
        {
            var (operation, answer) = (_operations[i], batch.Answers[i]);
            if (answer.Failure is { } failure)
                node.Logger.LogWarning("The operation {Operation} of the entity {Entity} failed: {Type}: {Message}", operation.Operation, entity.EntityId, failure.Type, failure.Message);
            if (operation.Caller is { } caller)
                Send(caller, answer.Failure is null ? new EntityOperationCompleted(caller.TaskId, answer.Result) : new EntityOperationFailed(caller.TaskId, answer.Failure));
        }
    }

    private void Carry(EntityEffect effect, Checkpoint checkpoint)
    {
        switch (effect)
        {
            case SignalEffect signal:
                checkpoint.Messages.Add(NewMessage(signal.EntityId, new OperationRequest(signal.Operation, signal.Input, null)) with { DueAt = signal.DueAt > _now ? signal.DueAt : null });
                break;
            case StartEffect start when !checkpoint.Creations.Exists(c => c.Header.InstanceId == start.InstanceId):
                var header = new InstanceHeader(start.InstanceId, node.PartitionOf(start.InstanceId), InstanceHeader.NewGeneration(), start.Name)
                {
                    Version = start.Version ?? node.Options.DefaultVersion,
                    Input = start.Input,
                    CreatedAt = _now,
                    StartAt = start.StartAt,
                    Tags = start.Tags,
                };
                checkpoint.Creations.Add(new NewInstance(header, NewInstance.Finished));
                break;
        }
    }

    private void Send(string entityId, HistoryEvent content) => _sent.Add(NewMessage(entityId, content));

    private void Send(EntityCaller caller, OutcomeEvent outcome) => _sent.Add(NewMessage(caller.InstanceId, outcome) with { Generation = caller.Generation });

    private Message NewMessage(string instanceId, HistoryEvent content) => new(instanceId, node.PartitionOf(instanceId)) { Id = node.MessageIds.Next(_now), Event = content };
}
