using EmbeddedFunctions.Durable.Storage;
using EmbeddedFunctions.DurableTask.Client;

namespace EmbeddedFunctions.Durable;

/// <summary>
/// Cuts failed instances' histories so that what failed runs again, for an instance and its failed sub-orchestrations at once. A cut has to fit the code: it is tried by replay,
/// which has no effects.
/// </summary>
internal sealed class Rewinding(DurableNode node, string reason)
{
    private readonly List<InstanceUpdate> _updates = [];
    private readonly List<Message> _messages = [];

    /// <exception cref="InvalidOperationException">The instance cannot be rewound, or has been changed meanwhile.</exception>
    public async Task RunAsync(StoredInstance failed, CancellationToken ct)
    {
        var generation = await AddAsync(failed, failed.Header.Parent, ct);
        await ClientCommit.RunAsync(
            node,
            c =>
            {
                c.Rewinds.AddRange(_updates);
                c.Messages.AddRange(_messages);
            },
            ct);
        if (await node.Store.ReadHistoryAsync(failed.Header.InstanceId, generation, ct) is [] || (await node.Store.GetAsync(failed.Header.InstanceId, ct))?.Header.Generation == failed.Header.Generation)
            throw new InvalidOperationException($"The orchestration '{failed.Header.InstanceId}' has been changed meanwhile.");
    }

    private async Task<long> AddAsync(StoredInstance failed, ParentLink? parent, CancellationToken ct)
    {
        var header = failed.Header with { Generation = InstanceHeader.NewGeneration(), Parent = parent, StartAt = null };
        var history = (await node.Store.ReadHistoryAsync(header.InstanceId, failed.Header.Generation, ct)).SelectMany(HistoryJson.ReadEvents).Where(e => e is not ExecutionCompleted).ToList();
        var children = await ReadFailedChildrenAsync(failed.Header, history, ct);
        var kept = Cuts(history, e => e is TaskFailed || (e is SubOrchestrationFailed sub && children.ContainsKey(sub.TaskId))).FirstOrDefault(cut => Fits(header, cut))
            ?? throw new InvalidOperationException($"The orchestration '{header.InstanceId}' cannot be rewound: no failed activity or sub-orchestration has made it fail.");

        var open = history.OfType<SubOrchestrationFailed>().Except(kept.OfType<SubOrchestrationFailed>()).Select(e => e.TaskId);
        foreach (var task in open.Where(id => kept.OfType<SubOrchestrationCreated>().Any(c => c.TaskId == id)))
            await AddAsync(children[task], new ParentLink(header.Name, header.InstanceId, header.Generation, task), ct);

        _updates.Add(new InstanceUpdate(header.InstanceId, failed.Header.Generation, OrchestrationRuntimeStatus.Running)
        {
            Restart = header,
            CustomStatus = failed.CustomStatus,
            DueAt = DateTime.MinValue,
            UpdatedAt = node.UtcNow,
            History = HistoryJson.Write(kept),
        });
        _messages.Add(new Message(header.InstanceId, header.Partition) { Id = node.MessageIds.Next(), Generation = header.Generation, Event = new ExecutionRewound(reason) });
        return header.Generation;
    }

    /// <summary>The sub-orchestrations that have failed, are still there and belong to this execution, by task id.</summary>
    private async Task<Dictionary<int, StoredInstance>> ReadFailedChildrenAsync(InstanceHeader parent, List<HistoryEvent> history, CancellationToken ct)
    {
        var children = new Dictionary<int, StoredInstance>();
        var failed = history.OfType<SubOrchestrationFailed>().Select(e => e.TaskId).ToHashSet();
        foreach (var created in history.OfType<SubOrchestrationCreated>().Where(c => failed.Contains(c.TaskId)))
        {
            if (await node.Store.GetAsync(created.InstanceId, ct) is { Status: OrchestrationRuntimeStatus.Failed } child
                && child.Header.Parent is { } link && link.InstanceId == parent.InstanceId && link.Generation == parent.Generation && link.TaskId == created.TaskId)
                children.Add(created.TaskId, child);
        }

        return children;
    }

    /// <summary>
    /// What may remain of the history, best first: all but the failures; all but those at the end, since code that tried again has seen the earlier ones; what was there before
    /// the last failure, since the code may have cleaned up after it.
    /// </summary>
    private static IEnumerable<List<HistoryEvent>> Cuts(List<HistoryEvent> history, Func<HistoryEvent, bool> isFailure)
    {
        yield return history.FindAll(e => !isFailure(e));
        var lastCall = history.FindLastIndex(e => e is ScheduledEvent);
        yield return [.. history.Where((e, i) => i < lastCall || !isFailure(e))];
        var last = history.FindLastIndex(e => isFailure(e));
        if (last >= 0)
            yield return [.. history.Where((e, i) => i < last || (i > last && e is EventRaised or ExecutionSuspended or ExecutionResumed))];
    }

    private bool Fits(InstanceHeader header, List<HistoryEvent> history)
    {
        var run = new OrchestrationRun(header, node.Services, static () => { });
        run.Replay(history);
        return run.Violation is null;
    }
}
