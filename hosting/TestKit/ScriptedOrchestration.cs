using EmbeddedFunctions.Durable;
using EmbeddedFunctions.DurableTask;
using EmbeddedFunctions.DurableTask.Client;
using EmbeddedFunctions.DurableTask.Converters;
using EmbeddedFunctions.Invocation;
using Microsoft.Extensions.Logging.Abstractions;

namespace EmbeddedFunctions.TestKit;

/// <summary>
/// Runs one orchestrator against a script instead of a host, for tests of its branches: activities answer at once, events come at their times, and when the code waits, time goes straight to the
/// next timer or event. The context is the engine's own, so retries, buffered events and the refusal of foreign awaits are as in production.
/// </summary>
public sealed class ScriptedOrchestration
{
    private const string Name = "Scripted";
    private const int MaxTurns = 100_000;

    private readonly Dictionary<string, Func<string?, object?>> _answers = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, TimeSpan> _lasting = new(StringComparer.OrdinalIgnoreCase);
    private readonly PriorityQueue<HistoryEvent, (DateTime Due, int Order)> _due = new();
    private readonly List<ScriptedCall> _calls = [];
    private readonly InstanceHeader _header;
    private DateTime _now;
    private int _order;

    /// <param name="input">What <c>GetInput</c> returns.</param>
    /// <param name="start">The first time; 2026-01-01 when null.</param>
    public ScriptedOrchestration(object? input = null, DateTimeOffset? start = null)
    {
        _now = (start ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)).UtcDateTime;
        _header = new InstanceHeader("scripted", 0, 1, Name) { Input = JsonDataConverter.Default.Serialize(input), CreatedAt = _now };
    }

    /// <summary>Answers an activity or sub-orchestration; what the answer throws is its failure.</summary>
    public ScriptedOrchestration On<TInput, TOutput>(string name, Func<TInput, TOutput> answer)
    {
        _answers[name] = json => answer(JsonDataConverter.Default.Deserialize<TInput>(json)!);
        return this;
    }

    /// <summary>Says how long each call of an activity or sub-orchestration takes; others take no time.</summary>
    public ScriptedOrchestration Lasting(string name, TimeSpan time)
    {
        _lasting[name] = time;
        return this;
    }

    /// <summary>Raises an event so long after the start; at once when null, even before it is awaited.</summary>
    public ScriptedOrchestration Raise(string eventName, object? payload = null, TimeSpan? after = null)
    {
        At(_now + (after ?? TimeSpan.Zero), new EventRaised(eventName, JsonDataConverter.Default.Serialize(payload)));
        return this;
    }

    /// <summary>Runs the code to its end.</summary>
    /// <exception cref="InvalidOperationException">It waits for an event that the script does not raise, or does not end.</exception>
    public ScriptedOutcome Run(Func<TaskOrchestrationContext, Task> orchestrator) => Run(async context =>
    {
        await orchestrator(context);
        return (object?)null;
    });

    /// <inheritdoc cref="Run(Func{TaskOrchestrationContext, Task})"/>
    public ScriptedOutcome Run<TOutput>(Func<TaskOrchestrationContext, Task<TOutput>> orchestrator)
    {
        var services = new OrchestrationServices(new Code(async context => await orchestrator(context)), JsonDataConverter.Default, NullLoggerFactory.Instance);
        var run = new OrchestrationRun(_header, services, static () => { });
        var begin = _now;
        List<HistoryEvent> events = [new ExecutionStarted()];
        for (var turns = 0; run.Outcome is null; turns++)
        {
            if (turns == MaxTurns)
                throw new InvalidOperationException($"The orchestrator has not ended after {MaxTurns} turns.");
            run.Advance([new OrchestratorStarted(_now), .. events.Where(e => e is not OutcomeEvent outcome || run.TryAccept(outcome))]);
            run.TakeActions().ForEach(Carry);
            events = run.Outcome is null ? Next() : [];
        }

        return OutcomeOf(run, _now - begin);
    }

    private static ScriptedOutcome OutcomeOf(OrchestrationRun run, TimeSpan duration, IReadOnlyList<ScriptedCall> calls) => run.Outcome switch
    {
        Ended ended => new ScriptedOutcome(ended.Status, calls)
        {
            Duration = duration,
            Failure = ended.Failure?.ToDetails(),
            SerializedOutput = ended.Output,
            SerializedCustomStatus = run.CustomStatus,
        },
        _ => new ScriptedOutcome(OrchestrationRuntimeStatus.Running, calls)
        {
            Duration = duration,
            IsContinuedAsNew = true,
            SerializedOutput = ((ContinuedAsNew)run.Outcome!).Input,
            SerializedCustomStatus = run.CustomStatus,
        },
    };

    private ScriptedOutcome OutcomeOf(OrchestrationRun run, TimeSpan duration) => OutcomeOf(run, duration, _calls);

    // One at a time: what is due at the same moment comes in the order in which it was asked for.
    private List<HistoryEvent> Next()
    {
        if (!_due.TryDequeue(out var next, out var when))
            throw new InvalidOperationException($"The orchestrator waits for an event that the script does not raise. So far: {string.Join(", ", _calls)}.");

        _now = when.Due > _now ? when.Due : _now;
        return [next];
    }

    private void Carry(OrchestrationAction action)
    {
        switch (action)
        {
            case ScheduleActivity activity:
                Record("activity", activity.Scheduled.Name);
                At(_now + _lasting.GetValueOrDefault(activity.Scheduled.Name), Answer(activity.Scheduled.TaskId, activity.Scheduled.Name, activity.Input, static (id, result) => new TaskCompleted(id, result), static (id, failure) => new TaskFailed(id, failure)));
                break;
            case StartSubOrchestration sub:
                Record("sub-orchestration", sub.Created.Name);
                At(_now + _lasting.GetValueOrDefault(sub.Created.Name), Answer(sub.Created.TaskId, sub.Created.Name, sub.Input, static (id, result) => new SubOrchestrationCompleted(id, result), static (id, failure) => new SubOrchestrationFailed(id, failure)));
                break;
            case StartTimer timer:
                Record("timer", timer.Created.FireAt.ToString("yyyy-MM-ddTHH:mm:ss.FFFZ"));
                At(timer.Created.FireAt, new TimerFired(timer.Created.TaskId));
                break;
            case SendExternalEvent send:
                Record("event", send.Sent.Name);
                break;
            default:
                throw new InvalidOperationException($"A script has no entities ({action.Event.GetType().Name}); use {nameof(OrchestrationTestHost)}.");
        }
    }

    private HistoryEvent Answer(int id, string name, string? input, Func<int, string?, HistoryEvent> completed, Func<int, Failure, HistoryEvent> failed)
    {
        if (!_answers.TryGetValue(name, out var answer))
            throw new InvalidOperationException($"The script has no answer for '{name}'.");

        try
        {
            return completed(id, JsonDataConverter.Default.Serialize(answer(input)));
        }
        catch (Exception e)
        {
            return failed(id, Failure.From(e));
        }
    }

    private void Record(string kind, string name) => _calls.Add(new ScriptedCall(kind, name, _now));

    private void At(DateTime due, HistoryEvent what) => _due.Enqueue(what, (due, _order++));

    private sealed class Code(Func<TaskOrchestrationContext, Task<object?>> orchestrator) : IDurableFunctions
    {
        public bool HasOrchestrator(string name) => true;

        public bool HasActivity(string name) => false;

        public bool HasEntity(string name) => false;

        public Task RunEntityAsync(string name, EntityBatch batch, CancellationToken ct) => throw new InvalidOperationException("A script has no entities.");

        public Task<object?> RunOrchestratorAsync(string name, TaskOrchestrationContext context) => orchestrator(context);

        public Task<object?> RunActivityAsync(string name, string instanceId, object? taskContextOrNull, string? inputJson, CancellationToken ct) =>
            throw new InvalidOperationException("A script answers for activities.");
    }
}
