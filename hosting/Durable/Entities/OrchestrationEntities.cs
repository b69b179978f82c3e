using System.Diagnostics.CodeAnalysis;
using EmbeddedFunctions.DurableTask.Entities;

namespace EmbeddedFunctions.Durable;

/// <summary>Turns an orchestrator's entity calls into actions of its run and keeps the rules of critical sections, which keep orchestrations from waiting for each other.</summary>
internal sealed class OrchestrationEntities(OrchestrationRun run) : TaskOrchestrationEntityFeature
{
    public override Task<TResult> CallEntityAsync<TResult>(EntityInstanceId id, string operationName, object? input = null, CallEntityOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(operationName);
        run.RequireTurn();
        var entity = EntityIds.Require(id);
        if (run.Section is { } section && !section.Available.Remove(entity))
        {
            throw new InvalidOperationException(section.EntityIds.Contains(entity)
                ? "Within a critical section there is one call at a time to each locked entity."
                : "Within a critical section only the locked entities can be called.");
        }

        return run.Schedule<TResult>(new CallEntity(new EntityOperationCalled(run.DrawTaskId(), entity, operationName), run.Services.Converter.Serialize(input)));
    }

    public override Task CallEntityAsync(EntityInstanceId id, string operationName, object? input = null, CallEntityOptions? options = null) =>
        CallEntityAsync<object>(id, operationName, input, options);

    public override Task SignalEntityAsync(EntityInstanceId id, string operationName, object? input = null, SignalEntityOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(operationName);
        run.RequireTurn();
        var entity = EntityIds.Require(id);
        if (run.Section is { } section && section.EntityIds.Contains(entity))
            throw new InvalidOperationException("Within a critical section the locked entities can be called, not signalled.");

        run.Send(new SignalEntity(
            new EntityOperationSignaled(run.DrawTaskId(), entity, operationName), run.Services.Converter.Serialize(input), options?.SignalTime?.UtcDateTime));
        return Task.CompletedTask;
    }

    public override async Task<IAsyncDisposable> LockEntitiesAsync(IEnumerable<EntityInstanceId> entityIds)
    {
        run.RequireTurn();
        var ordered = entityIds.Select(EntityIds.Require).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (ordered.Count == 0)
            throw new ArgumentException("There is no entity to lock.", nameof(entityIds));
        if (run.Section is not null)
            throw new InvalidOperationException("A critical section cannot be entered within another one.");

        var section = new CriticalSection(run.DrawTaskId(), ordered);
        run.Section = section;
        await run.Schedule<object>(new RequestLock(new EntityLockRequested(section.LockId, ordered)));
        return new Releaser(run, section);
    }

    public override bool InCriticalSection([NotNullWhen(true)] out IReadOnlyList<EntityInstanceId>? entityIds)
    {
        entityIds = run.Section is { IsGranted: true } section ? [.. section.Available.Select(EntityInstanceId.FromString)] : null;
        return entityIds is not null;
    }

    private sealed class Releaser(OrchestrationRun run, CriticalSection section) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            if (run.Section != section)
                return ValueTask.CompletedTask;

            run.Send(new ReleaseLock(new EntityUnlockSent(run.DrawTaskId(), section.LockId), section));
            run.Section = null;
            return ValueTask.CompletedTask;
        }
    }
}
