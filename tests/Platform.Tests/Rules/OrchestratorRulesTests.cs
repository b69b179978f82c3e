using System.Reflection;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Rules;

/// <summary>Orchestrators are replayed from their history, so nothing that they reach may differ from one replay to the next.</summary>
public sealed class OrchestratorRulesTests
{
    private static readonly MethodInfo[] Orchestrators = [.. ProductTypes.All.SelectMany(type => type.GetMethods()).Where(IsOrchestrator)];

    private static readonly ReachableCode Product = new(ProductTypes.App);

    private static readonly ReachableCode Samples = new(typeof(SampleOrchestrators).Assembly);

    [Fact]
    public void Orchestrators_ReachNothingThatReplayWouldSeeDiffer()
    {
        Assert.NotEmpty(Orchestrators);
        Violations.None(Orchestrators.SelectMany(orchestrator => OrchestratorCalls.ForbiddenIn(orchestrator, Product)));
    }

    [Theory]
    [InlineData(nameof(SampleOrchestrators.ReadsTheClock), "DateTime.get_UtcNow")]
    [InlineData(nameof(SampleOrchestrators.MakesAnId), "Guid.CreateVersion7")]
    [InlineData(nameof(SampleOrchestrators.WaitsForTheWallClock), "Task.Delay")]
    [InlineData(nameof(SampleOrchestrators.LeavesTheScheduler), "Task.ConfigureAwait")]
    [InlineData(nameof(SampleOrchestrators.StartsAThread), "Task.Run")]
    [InlineData(nameof(SampleOrchestrators.Measures), "Stopwatch.GetTimestamp")]
    [InlineData(nameof(SampleOrchestrators.ReadsTheEnvironment), "Environment.get_MachineName")]
    [InlineData(nameof(SampleOrchestrators.ReadsAFile), "File.ReadAllText")]
    [InlineData(nameof(SampleOrchestrators.CallsOut), "HttpClient.GetAsync")]
    [InlineData(nameof(SampleOrchestrators.AsksTheDatabase), "DbContext.Find")]
    [InlineData(nameof(SampleOrchestrators.InALambda), "Guid.NewGuid")]
    [InlineData(nameof(SampleOrchestrators.InAConstructor), "Random.Next")]
    [InlineData(nameof(SampleOrchestrators.InAStaticInitializer), "DateTimeOffset.get_Now")]
    [InlineData(nameof(SampleOrchestrators.InAnIterator), "Random.Next")]
    [InlineData(nameof(SampleOrchestrators.BehindAnInterface), "Environment.get_TickCount")]
    public void ForbiddenIn_OrchestratorThatBreaksTheRule_NamesTheCall(string orchestrator, string call) =>
        Assert.Contains(ForbiddenIn(orchestrator), found => found.EndsWith(call, StringComparison.Ordinal));

    [Fact]
    public void ForbiddenIn_DeterministicOrchestrator_FindsNothing() => Violations.None(ForbiddenIn(nameof(SampleOrchestrators.Deterministic)));

    private static IEnumerable<string> ForbiddenIn(string sample) => OrchestratorCalls.ForbiddenIn(typeof(SampleOrchestrators).GetMethod(sample)!, Samples);

    private static bool IsOrchestrator(MethodInfo method) => method.GetParameters().Any(parameter => parameter.IsDefined(typeof(OrchestrationTriggerAttribute)));
}
