namespace Platform.Chaos.Workflows;

/// <summary>What a workflow carries from round to round.</summary>
/// <param name="Ledger">The key of the entity that all instances of one root write to.</param>
/// <param name="Fails">It ends with a failure.</param>
public sealed record WorkflowState(int Seed, int Depth, string Ledger, bool Fails)
{
    public int Round { get; init; }

    public long Value { get; init; }

    public IReadOnlyList<Heard> Heard { get; init; } = [];
}

public sealed record WorkflowResult(long Value, IReadOnlyList<Heard> Heard);

/// <summary>An event that was taken in, and in which round.</summary>
public sealed record Heard(int Round, string Token);

/// <param name="Token">Unique for every attempt to send it.</param>
public sealed record EventContent(long Value, string Token);

/// <param name="Failures">How often it fails before it succeeds.</param>
public sealed record WorkInput(string Key, int Failures, int Milliseconds);

public sealed record SenderInput(string Target, string Step, int Count);

public sealed record UnnamedResult(string Label, long Value);
