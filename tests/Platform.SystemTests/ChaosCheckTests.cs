using System.Text.Json;
using EmbeddedFunctions.Durable;
using Platform.Chaos.Checks;
using Platform.Chaos.Workflows;

namespace Platform.SystemTests;

/// <summary>The checks of the chaos runs see what they are there for.</summary>
public sealed class ChaosCheckTests : IDisposable
{
    private static readonly DateTime Noon = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);
    private static readonly OrchestratorStarted Turn = new(Noon);
    private static readonly JsonSerializerOptions Wire = new(JsonSerializerDefaults.Web);

    private static readonly Dictionary<string, HistoryEvent[][]> Wrong = new()
    {
        ["second outcome"] = [[Turn, new ExecutionStarted(), new TaskScheduled(0, "A")], [Turn, new TaskCompleted(0, null), new TaskFailed(0, Failure.From(new IOException())), new ExecutionCompleted(default)]],
        ["never scheduled"] = [[Turn, new ExecutionStarted(), new TaskCompleted(0, null), new ExecutionCompleted(default)]],
        ["no outcome of"] = [[Turn, new ExecutionStarted(), new TaskScheduled(0, "A"), new TimerFired(0), new ExecutionCompleted(default)]],
        ["is number 1"] = [[Turn, new ExecutionStarted(), new TaskScheduled(0, "A"), new TaskScheduled(2, "A"), new ExecutionCompleted(default)]],
        ["fired at"] = [[Turn, new ExecutionStarted(), new TimerCreated(0, Noon.AddSeconds(1)), new TimerFired(0), new ExecutionCompleted(default)]],
        ["behind the end"] = [[Turn, new ExecutionStarted(), new ExecutionCompleted(default), new EventRaised("e", null)]],
        ["started 2 times"] = [[Turn, new ExecutionStarted()], [Turn, new ExecutionStarted(), new ExecutionCompleted(default)]],
        ["ended 0 times"] = [[Turn, new ExecutionStarted()]],
        ["time goes back"] = [[Turn, new ExecutionStarted()], [new OrchestratorStarted(Noon.AddTicks(-1)), new ExecutionCompleted(default)]],
        ["does not begin a turn"] = [[new ExecutionStarted(), new ExecutionCompleted(default)]],
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("chaos-check-").FullName;

    /// <summary>One instance, one round, with an event, an activity and signals to the ledger.</summary>
    private readonly WorkflowModel _model = Enumerable.Range(0, int.MaxValue).Select(seed => new WorkflowModel("w", seed)).First(m =>
        m.Instances is [{ Rounds: 1 }] && m.Events.Count == 1 && m.Activities.Count > 0 && m.Ledger.Values.Any(t => t.Count > 1));

    public static TheoryData<string> Violations => [.. Wrong.Keys];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Violations))]
    public void History_Wrong_IsReported(string violation) =>
        Assert.Contains(new HistoryChecker().Check(Pieces(Wrong[violation]), restarted: false), v => v.Contains(violation, StringComparison.Ordinal));

    [Fact]
    public void History_Gap_IsReported() =>
        Assert.Contains("checkpoint 2 stands at place 1", new HistoryChecker().Check([(0, HistoryJson.Write([Turn, new ExecutionStarted()])), (2, HistoryJson.Write([Turn, new ExecutionCompleted(default)]))], false));

    [Fact]
    public void Run_AsTheModel_HasNoViolations() => Assert.Empty(Check(Good()));

    [Fact]
    public void Run_DifferentFromTheModel_IsReported()
    {
        var tokens = _model.Ledger["w"];
        var result = Result();
        Reports("is missing", Good(instances: []));
        Reports("resulted in", Good(Row() with { Output = JsonSerializer.Serialize(result with { Value = result.Value + 1 }, Wire) }));
        Reports("heard", Good(Row() with { Output = JsonSerializer.Serialize(result with { Heard = [.. result.Heard, .. result.Heard] }, Wire) }));
        Reports("is Running", Good(Row() with { Status = OrchestrationRuntimeStatus.Running }));
        Reports("custom status", Good(Row() with { CustomStatus = null }));
        Reports("nobody started it", Good(instances: [Row(), Row() with { Id = "x" }]));
        Reports("left in an inbox", Good(inbox: ["w 1 {}"]));
        Reports("times in its history", Good(raised: 2));
        Reports("the ledger has", Good(ledger: [.. tokens, tokens[0]]));
        Reports("the ledger has", Good(ledger: [.. tokens.AsEnumerable().Reverse()]));
        Reports("the ledger has", Good(ledger: [.. tokens.Skip(1)]));
        Reports("the ledger has", Good(ledger: [.. tokens, "other/0.0#0"]));
        Reports("never executed", Good(), executed: false);
    }

    private void Reports(string violation, StoredRun run, bool executed = true) =>
        Assert.Contains(Check(run, executed), v => v.Contains(violation, StringComparison.Ordinal));

    private IReadOnlyList<string> Check(StoredRun run, bool executed = true)
    {
        var log = new ExecutionLog(Directory.CreateDirectory(Path.Combine(_folder, $"{executed}")).FullName);
        foreach (var activity in _model.Activities.Where(_ => executed))
            log.Add(activity);
        return new RunChecker(run, [_model], log).Check();
    }

    private StoredRun Good(StoredRow instance) => Good([instance]);

    private StoredRun Good(IEnumerable<StoredRow>? instances = null, List<string>? inbox = null, IEnumerable<string>? ledger = null, int raised = 1)
    {
        var heard = new EventRaised(_model.Events[0].Name, JsonSerializer.Serialize(new EventContent(_model.Events[0].Value, "token"), Wire));
        List<HistoryEvent> events = [Turn, new ExecutionStarted(), .. Enumerable.Repeat(heard, raised), new ExecutionCompleted(OrchestrationRuntimeStatus.Completed)];
        return new StoredRun
        {
            Instances = [.. instances ?? [Row()]],
            History = new[] { (1L, 0, HistoryJson.Write(events)) }.ToLookup(_ => "w"),
            Inbox = inbox ?? [],
            Entities = new() { [$"@{LedgerEntity.Name}@w"] = (JsonSerializer.Serialize(ledger ?? _model.Ledger["w"]), null) },
        };
    }

    private StoredRow Row() => new(
        "w", OrchestrationRuntimeStatus.Completed, JsonSerializer.Serialize(Result(), Wire), JsonSerializer.Serialize(_model.Instances[0].LastStep), 1, WorkflowFunctions.Workflow);

    private WorkflowResult Result() => new(_model.Instances[0].Value!.Value, [new Heard(0, "token")]);

    private static List<(int, string)> Pieces(HistoryEvent[][] checkpoints) => [.. checkpoints.Select((events, i) => (i, HistoryJson.Write([.. events])))];
}
