namespace Platform.Chaos.Workflows;

/// <summary>A random workflow, made from its seed alone: rounds, separated by continue-as-new, of steps one after the other.</summary>
internal sealed class WorkflowPlan
{
    public const int RootDepth = 2;

    private static readonly StepKind[] Leaves =
        [StepKind.Work, StepKind.Work, StepKind.Parallel, StepKind.Doomed, StepKind.Timer, StepKind.Event, StepKind.Timeout, StepKind.Race, StepKind.Stream, StepKind.Signal, StepKind.Call];

    private static readonly StepKind[] All = [.. Leaves, StepKind.Child, StepKind.Child, StepKind.FailingChild];

    private WorkflowPlan(List<List<Step>> rounds) => Rounds = rounds;

    public IReadOnlyList<IReadOnlyList<Step>> Rounds { get; }

    /// <param name="depth">How many levels of sub-orchestrations it may have.</param>
    public static WorkflowPlan From(int seed, int depth)
    {
        var random = new Random(seed);
        var rounds = new List<List<Step>>();
        for (var round = random.Next(3); round >= 0; round--)
        {
            var steps = new List<Step>();
            for (var i = 1 + random.Next(5); i > 0; i--)
                steps.Add(Next(random, $"{rounds.Count}.{steps.Count}", depth > 0 ? All : Leaves));
            rounds.Add(steps);
        }

        return new WorkflowPlan(rounds);
    }

    private static Step Next(Random random, string key, StepKind[] kinds) => new(kinds[random.Next(kinds.Length)], key)
    {
        Seed = random.Next(),
        Count = 2 + random.Next(5),
        Failures = Math.Max(0, random.Next(5) - 1),
        Milliseconds = random.Next(4) == 0 ? random.Next(1_500) : random.Next(60),
    };
}
