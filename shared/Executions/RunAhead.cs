using Platform.Identity;

namespace Platform.Executions;

/// <summary>The head starts that one unit of work gives; see <see cref="HeadStarts"/>.</summary>
public sealed class RunAhead(HeadStarts starts, ClaimExecution claim, CallerScope scope)
{
    private readonly List<HeadStart> _announced = [];

    /// <summary>Claims the run of an execution that has just got its first slot, if that is possible; what stands in the way is left to the saga.</summary>
    public async Task TryAsync(Execution execution, string? correlationId, CancellationToken ct)
    {
        if (!starts.AreAllowed || execution.StartAttempts > 0)
            return;
        var admission = await ClaimAsync(execution, correlationId, ct);
        if (admission is { ToRun: not null, Runtime: { } runtime })
            _announced.Add(starts.Announce(execution, runtime, correlationId));
    }

    // Its events belong to the request that made it, whoever freed the slot.
    private async Task<Admission> ClaimAsync(Execution execution, string? correlationId, CancellationToken ct)
    {
        var own = scope.CorrelationId;
        scope.CorrelationId = correlationId;
        try
        {
            return await claim.ClaimAsync(execution, Guid.CreateVersion7(), ct);
        }
        finally
        {
            scope.CorrelationId = own;
        }
    }

    /// <summary>The transaction has committed: the scripts start. True when there are any; their entities are no longer those of this unit of work.</summary>
    public bool Begin()
    {
        var any = _announced.Count > 0;
        _announced.ForEach(starts.Begin);
        _announced.Clear();
        return any;
    }

    /// <summary>What has not begun by now never will.</summary>
    public void Withdraw()
    {
        _announced.ForEach(starts.Withdraw);
        _announced.Clear();
    }
}
