using Platform.Data;
using Platform.Quotas;

namespace Platform.Executions;

/// <summary>
/// One run of a script (executions.md §2.4). State changes only through the methods below, which refuse what the state machine forbids.
/// <see cref="Version"/> makes two writers that read the same state collide; <see cref="RunToken"/> is the fence of the one worker that may run the script.
/// </summary>
public sealed class Execution : IUserOwned, IOperatorVisible
{
    public const int MaxStarts = 3;

    private Execution()
    {
    }

    public Guid Id { get; private init; }

    public Guid UserId { get; private init; }

    public Guid OrganizationId { get; private init; }

    public Guid ProjectId { get; private init; }

    public string Script { get; private init; } = "";

    public string Lang { get; private init; } = "";

    public string LangVersion { get; private init; } = "";

    public ExecutionInputs? Inputs { get; private init; }

    public ExecutionPriority Priority { get; private set; }

    public int TimeoutSeconds { get; private init; }

    public int MemoryMb { get; private init; }

    public int CpuMillicores { get; private init; }

    public Guid? RetriedFrom { get; private init; }

    public ExecutionStatus Status { get; private set; }

    /// <summary>Place in the queue: the priority's band, one further back after each failed start.</summary>
    public int Band { get; private set; }

    /// <summary>Counts against the concurrent executions of the platform, from the grant to the end.</summary>
    public bool HoldsSlot { get; private set; }

    public Guid? RunToken { get; private set; }

    public string? NodeName { get; private set; }

    public int StartAttempts { get; private set; }

    public DateTimeOffset? CancelRequestedAt { get; private set; }

    public Guid? CancelEventId { get; private set; }

    public string? CancelReason { get; private set; }

    public DateTimeOffset CreatedAt { get; private init; }

    public DateTimeOffset? StartedAt { get; private set; }

    public DateTimeOffset? CompletedAt { get; private set; }

    public DateTimeOffset UpdatedAt { get; private set; }

    public int Version { get; private set; }

    /// <summary>Written once, with the terminal state.</summary>
    public ExecutionResult? Result { get; private set; }

    /// <summary>Null until the saga begins.</summary>
    public Saga? Saga { get; private set; }

    /// <summary>Null until a slot is granted.</summary>
    public ResourceAllocation? Allocation { get; private set; }

    /// <summary>Its durable orchestration was started, with the first slot.</summary>
    public bool HasHadSlot => HoldsSlot || StartAttempts > 0;

    public string PodName => PodSpecification.NameOf(Id);

    /// <summary>For whom its use counts.</summary>
    public UsageOwner UsageOwner => new(UserId, ProjectId, OrganizationId);

    public ExecutionLimits Limits => new(TimeoutSeconds, MemoryMb, CpuMillicores);

    public static Execution Create(Guid id, ExecutionOwner owner, ExecutionSource source, ExecutionLimits limits, DateTimeOffset now) => new()
    {
        Id = id,
        UserId = owner.UserId,
        OrganizationId = owner.OrganizationId,
        ProjectId = owner.ProjectId,
        Script = source.Script,
        Lang = source.Lang,
        LangVersion = source.LangVersion,
        Inputs = source.Inputs,
        Priority = source.Priority,
        RetriedFrom = source.RetriedFrom,
        Band = source.Priority.Band(),
        TimeoutSeconds = limits.TimeoutSeconds,
        MemoryMb = limits.MemoryMb,
        CpuMillicores = limits.CpuMillicores,
        Status = ExecutionStatus.Queued,
        CreatedAt = now,
        UpdatedAt = now,
    };

    /// <summary>The saga takes the execution up; it does so once.</summary>
    public Saga BeginSaga(Guid sagaId, DateTimeOffset now) => Saga ??= Saga.Begin(sagaId, this, now);

    /// <summary>The queue lets it go ahead: it counts as active from now on.</summary>
    public Error? GrantSlot(DateTimeOffset now)
    {
        if (Status != ExecutionStatus.Queued)
            return ExecutionErrors.Forbidden(Status, ExecutionStatus.Scheduled);

        HoldsSlot = true;
        Touch(now);
        return null;
    }

    /// <summary>Claims the run for the worker that holds <paramref name="runToken"/>; whoever comes later finds the claim and must not run the script.</summary>
    public Error? Schedule(Guid runToken, string nodeName, DateTimeOffset now)
    {
        if (!HoldsSlot || RunToken is not null)
            return ExecutionErrors.Forbidden(Status, ExecutionStatus.Scheduled);
        if (MoveTo(ExecutionStatus.Scheduled, now) is { } refusal)
            return refusal;

        RunToken = runToken;
        NodeName = nodeName;
        StartAttempts++;
        return null;
    }

    /// <summary>Reserves what the execution needs; after a failed start the reservation is renewed.</summary>
    public void Allocate(ExecutionOptions weight, DateTimeOffset now)
    {
        if (Allocation is null)
            Allocation = ResourceAllocation.For(this, weight, now);
        else
            Allocation.Renew(now);
    }

    /// <summary>The script's process is running.</summary>
    public Error? Start(DateTimeOffset now)
    {
        if (MoveTo(ExecutionStatus.Running, now) is { } refusal)
            return refusal;

        StartedAt = now;
        return null;
    }

    /// <summary>The sandbox could not start and the script never ran: back into the queue, one band further behind, at most <see cref="MaxStarts"/> times.</summary>
    public Error? Requeue(DateTimeOffset now)
    {
        if (StartAttempts >= MaxStarts)
            return ExecutionErrors.Forbidden(Status, ExecutionStatus.Queued);
        if (MoveTo(ExecutionStatus.Queued, now) is { } refusal)
            return refusal;

        RunToken = null;
        NodeName = null;
        HoldsSlot = false;
        Band = ExecutionStates.BandBehind(Band);
        return null;
    }

    /// <summary>Notes the wish; whoever drives the execution acts on it. A repeated wish changes nothing.</summary>
    public Error? RequestCancel(string reason, Guid eventId, DateTimeOffset now)
    {
        if (Status.IsTerminal())
            return ExecutionErrors.CannotCancel(Status);
        if (CancelRequestedAt is not null)
            return null;

        CancelRequestedAt = now;
        CancelReason = reason;
        CancelEventId = eventId;
        Touch(now);
        return null;
    }

    /// <summary>
    /// Cancels the saga. Whoever ends the execution meanwhile has read another version of it, so that he loses; who comes later ends it as cancelled.
    /// </summary>
    public Error? CancelSaga(DateTimeOffset now)
    {
        if (Saga is null)
            return ExecutionErrors.SagaNotFound;
        if (Saga.Cancel(now) is { } refusal)
            return refusal;

        Touch(now);
        return null;
    }

    /// <summary>Moves an execution that waits for a slot into another band; among those of the band its age decides.</summary>
    public Error? Prioritize(ExecutionPriority priority, DateTimeOffset now)
    {
        if (Status != ExecutionStatus.Queued || HoldsSlot || CancelRequestedAt is not null)
            return ExecutionErrors.NotWaiting(Status);

        Priority = priority;
        Band = priority.Band();
        Touch(now);
        return null;
    }

    /// <summary>The end, with the result. Called by <see cref="ExecutionResults"/> only.</summary>
    internal Error? Finish(ExecutionStatus terminal, ExecutionResult result, DateTimeOffset now)
    {
        if (!terminal.IsTerminal())
            return ExecutionErrors.Forbidden(Status, terminal);
        if (MoveTo(terminal, now) is { } refusal)
            return refusal;

        HoldsSlot = false;
        CompletedAt = now;
        Result = result;
        return null;
    }

    private Error? MoveTo(ExecutionStatus to, DateTimeOffset now)
    {
        if (!Status.Allows(to))
            return ExecutionErrors.Forbidden(Status, to);

        Status = to;
        Touch(now);
        return null;
    }

    private void Touch(DateTimeOffset now)
    {
        UpdatedAt = now;
        Version++;
    }
}

/// <summary>Whose execution it is: the user and the context that was active when it was made.</summary>
public sealed record ExecutionOwner(Guid UserId, Guid OrganizationId, Guid ProjectId);

/// <summary>What is to be run.</summary>
public sealed record ExecutionSource(string Script, string Lang, string LangVersion, ExecutionInputs? Inputs, ExecutionPriority Priority, Guid? RetriedFrom);
