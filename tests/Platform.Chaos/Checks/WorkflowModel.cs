using Platform.Chaos.Workflows;

namespace Platform.Chaos.Checks;

/// <summary>What a failure-free run of one root workflow would give, computed without an engine.</summary>
internal sealed class WorkflowModel
{
    private readonly string _root;

    public WorkflowModel(string root, int seed)
    {
        _root = root;
        Seed = seed;
        Run(root, seed, WorkflowPlan.RootDepth, fails: false);
    }

    public int Seed { get; }

    /// <summary>The root and everything below it.</summary>
    public List<ExpectedInstance> Instances { get; } = [];

    public List<ExpectedEvent> Events { get; } = [];

    public HashSet<string> Activities { get; } = new(StringComparer.Ordinal);

    /// <summary>Per sender, what the ledger must hold, in that order.</summary>
    public Dictionary<string, List<string>> Ledger { get; } = new(StringComparer.Ordinal);

    private long Run(string id, int seed, int depth, bool fails)
    {
        var sum = (long)seed;
        var plan = WorkflowPlan.From(seed, depth);
        for (var round = 0; round < plan.Rounds.Count; round++)
        {
            foreach (var step in plan.Rounds[round])
                sum = Values.Add(sum, ValueOf(id, depth, step));
        }

        Instances.Add(new ExpectedInstance(id, WorkflowFunctions.Workflow, fails ? null : sum, plan.Rounds.Count, plan.Rounds[^1][^1].Key));
        return sum;
    }

    private long ValueOf(string id, int depth, Step step) => step.Kind switch
    {
        StepKind.Work or StepKind.Race => Activity(Values.ActivityKey(id, step.Key, 0)),
        StepKind.Parallel => Enumerable.Range(0, step.Count).Select(i => Activity(Values.ActivityKey(id, step.Key, i))).Aggregate(0L, Values.Add),
        StepKind.Doomed => Doomed(id, step),
        StepKind.Timer => Values.TimerFired,
        StepKind.Timeout => Values.TimedOut,
        StepKind.Event => Event(id, step),
        StepKind.Child => Run(Values.ChildId(id, step.Key), step.Seed, depth - 1, fails: false),
        StepKind.FailingChild => FailingChild(id, depth, step),
        StepKind.Stream => Stream(id, step),
        StepKind.Signal => Signals(id, step),
        _ => Write(id, Values.LedgerToken(id, step.Key, 0)),
    };

    private long Activity(string key)
    {
        Activities.Add(key);
        return Values.Of(key);
    }

    private long Doomed(string id, Step step)
    {
        Activities.Add(Values.ActivityKey(id, step.Key, 0));
        return Values.DoomedFailed;
    }

    private long Event(string id, Step step)
    {
        var awaited = new ExpectedEvent(id, Values.EventName(step.Key), Values.Of($"{id} {step.Key}"));
        Events.Add(awaited);
        return awaited.Value;
    }

    private long FailingChild(string id, int depth, Step step)
    {
        Run(Values.ChildId(id, step.Key), step.Seed, depth - 1, fails: true);
        return Values.ChildFailed;
    }

    private long Stream(string id, Step step)
    {
        var sender = Values.ChildId(id, step.Key);
        for (var i = 1; i < step.Count; i += 2)
            Activities.Add(Values.ActivityKey(sender, "send", i));
        Instances.Add(new ExpectedInstance(sender, WorkflowFunctions.Sender, step.Count, 1, null));
        return Values.Add(Enumerable.Range(0, step.Count).Select(i => (long)i).Aggregate(0L, Values.Add), step.Count);
    }

    private long Signals(string id, Step step)
    {
        for (var i = 0; i < step.Count; i++)
            Write(id, Values.LedgerToken(id, step.Key, i));
        return Values.Signaled;
    }

    private long Write(string id, string token)
    {
        if (!Ledger.TryGetValue(id, out var tokens))
            Ledger[id] = tokens = [];
        tokens.Add(token);
        return Values.Of(token);
    }

    public override string ToString() => $"{_root} (seed {Seed})";
}

/// <param name="Value">Null for one that fails.</param>
/// <param name="LastStep">Its custom status at the end.</param>
internal sealed record ExpectedInstance(string Id, string Name, long? Value, int Rounds, string? LastStep);

/// <summary>An event that somebody outside has to raise.</summary>
internal sealed record ExpectedEvent(string InstanceId, string Name, long Value);
