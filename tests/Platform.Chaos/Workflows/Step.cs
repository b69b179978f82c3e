namespace Platform.Chaos.Workflows;

internal enum StepKind
{
    /// <summary>An activity that fails a number of times and is tried again.</summary>
    Work,

    /// <summary>Several activities at once.</summary>
    Parallel,

    /// <summary>An activity that fails every time; the failure is caught.</summary>
    Doomed,

    Timer,

    /// <summary>An event from outside.</summary>
    Event,

    /// <summary>An event that never comes, and a time limit.</summary>
    Timeout,

    /// <summary>An activity against a timer of a day, which is then cancelled.</summary>
    Race,

    /// <summary>A sub-orchestration of the same kind.</summary>
    Child,

    /// <summary>A sub-orchestration that fails at its end; the failure is caught.</summary>
    FailingChild,

    /// <summary>A sub-orchestration that sends events to its parent, which must come in their order.</summary>
    Stream,

    /// <summary>Signals to the ledger, each of which must be applied once, in their order.</summary>
    Signal,

    /// <summary>A call of the ledger.</summary>
    Call,
}

/// <summary>One step of a workflow; the key is unique within it.</summary>
internal sealed record Step(StepKind Kind, string Key)
{
    /// <summary>Of a sub-orchestration.</summary>
    public int Seed { get; init; }

    /// <summary>Activities at once, or messages one after the other.</summary>
    public int Count { get; init; }

    /// <summary>How often an activity fails before it succeeds.</summary>
    public int Failures { get; init; }

    /// <summary>How long a timer or an activity takes.</summary>
    public int Milliseconds { get; init; }
}
