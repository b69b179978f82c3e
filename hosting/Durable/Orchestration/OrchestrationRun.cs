using EmbeddedFunctions.DurableTask;
using EmbeddedFunctions.DurableTask.Client;
using EmbeddedFunctions.Invocation;
using Microsoft.Extensions.Logging;

namespace EmbeddedFunctions.Durable;

/// <summary>What all runs share.</summary>
internal sealed record OrchestrationServices(IDurableFunctions Functions, DataConverter Converter, ILoggerFactory Loggers);

/// <summary>
/// The coroutine of one generation of one instance. Replay and live turns feed it the same events through the same method, so that a live coroutine and one rebuilt from the
/// history are in the same state. Only one thread at a time may use it.
/// </summary>
internal sealed class OrchestrationRun
{
    private const string Advice = "Orchestrator code must be deterministic: await only tasks of its context, without ConfigureAwait(false), and change it only while no instance runs.";

    private readonly Dictionary<int, OpenTask> open = [];
    private readonly List<OrchestrationAction> unrecorded = [];
    private readonly Queue<HistoryEvent> heldBack = new();
    private readonly OrchestrationPump pump;
    private readonly DurableOrchestrationContext context;
    private readonly Action violated;
    private int nextTaskId;
    private Task<object?>? orchestrator;
    private Failure? violation;

    /// <param name="header">The instance.</param>
    /// <param name="services">What all runs share.</param>
    /// <param name="violated">Called, on any thread, when code of this orchestrator ran outside a turn.</param>
    public OrchestrationRun(InstanceHeader header, OrchestrationServices services, Action violated)
    {
        Header = header;
        Services = services;
        this.violated = violated;
        pump = new OrchestrationPump(ReportForeignThread);
        Events = new ExternalEvents(services.Converter);
        context = new DurableOrchestrationContext(this);
    }

    public InstanceHeader Header { get; }

    public OrchestrationServices Services { get; }

    public ExternalEvents Events { get; }

    public DateTime Now { get; private set; }

    public bool IsReplaying { get; private set; }

    public bool IsSuspended { get; private set; }

    public bool IsStarted => orchestrator is not null;

    /// <summary>Set once the code broke the rules; the instance then fails in its next turn.</summary>
    public Failure? Violation => violation;

    public OrchestrationOutcome? Outcome { get; private set; }

    public ContinueAsNewRequest? ContinueAsNew { get; set; }

    /// <summary>JSON.</summary>
    public string? CustomStatus { get; set; }

    public IEnumerable<OpenTask> OpenTasks => open.Values.Where(t => !t.HasOutcome);

    /// <summary>Feeds the stored history to fresh code. A mismatch is reported as <see cref="Violation"/>.</summary>
    public void Replay(List<HistoryEvent> history)
    {
        IsReplaying = true;
        Guarded(() =>
        {
            foreach (var past in history)
                Apply(past);
            RequireAllRecorded();
            if (orchestrator is { IsCompleted: true } && !IsSuspended)
                throw new NonDeterministicOrchestrationException($"{Subject()} returns where its history goes on. {Advice}");
            RequireProgress();
        });
        IsReplaying = false;
    }

    /// <summary>Feeds new events to the code until it ends; returns how many of them it got.</summary>
    public int Advance(List<HistoryEvent> events)
    {
        var applied = 0;
        Guarded(() =>
        {
            while (applied < events.Count && Outcome is null)
            {
                Apply(events[applied++]);
                Outcome ??= OutcomeOfCode();
            }

            if (Outcome is null)
                RequireProgress();
        });
        if (violation is not null && Outcome is not Ended { Status: OrchestrationRuntimeStatus.Terminated })
            Outcome = new Ended(OrchestrationRuntimeStatus.Failed, null, violation);
        return applied;
    }

    /// <summary>Ends the instance because of its <see cref="Violation"/> without running code.</summary>
    public void FailByViolation() => Outcome = new Ended(OrchestrationRuntimeStatus.Failed, null, violation);

    /// <summary>What the code has scheduled since the last call.</summary>
    public List<OrchestrationAction> TakeActions()
    {
        var actions = new List<OrchestrationAction>(unrecorded);
        unrecorded.Clear();
        return actions;
    }

    /// <summary>Takes the place in the history for an outcome; false when there is no such task or it has an outcome already.</summary>
    public bool TryAccept(OutcomeEvent outcome)
    {
        if (!open.TryGetValue(outcome.TaskId, out var task) || task.HasOutcome || task.Action is StartTimer != outcome is TimerFired)
            return false;

        return task.HasOutcome = true;
    }

    public int DrawTaskId()
    {
        RequireTurn();
        return nextTaskId++;
    }

    public Task<T> Schedule<T>(OrchestrationAction action, CancellationToken ct = default)
    {
        RequireTurn();
        unrecorded.Add(action);
        var task = new OpenTask<T>(action, Services.Converter);
        open.Add(action.Event.TaskId, task);
        if (ct.CanBeCanceled)
            task.Cancellation = ct.UnsafeRegister(_ => pump.Send(_ => Cancel(task, action.Event.TaskId, ct), null), null);
        return task.Task;
    }

    public void Send(SendExternalEvent action)
    {
        RequireTurn();
        unrecorded.Add(action);
    }

    public Task<T> WaitForEventAsync<T>(string name, CancellationToken ct)
    {
        RequireTurn();
        return Events.WaitAsync<T>(name, pump, ct);
    }

    public void RequireTurn()
    {
        if (pump.IsCurrent)
            return;

        ReportForeignThread();
        throw new InvalidOperationException($"{Subject()} uses its context from a foreign thread. {Advice}");
    }

    private void Cancel(OpenTask task, int id, CancellationToken ct)
    {
        if (open.Remove(id))
            task.Cancel(ct);
    }

    private void Apply(HistoryEvent next)
    {
        switch (next)
        {
            case OrchestratorStarted turn:
                RequireAllRecorded();
                Now = turn.Timestamp;
                break;
            case ExecutionStarted:
                orchestrator = StartAsync();
                break;
            case ScheduledEvent scheduled:
                Record(scheduled);
                break;
            case ExecutionSuspended:
                IsSuspended = true;
                break;
            case ExecutionTerminated terminated:
                Outcome = new Ended(OrchestrationRuntimeStatus.Terminated, terminated.Output, null);
                break;
            case ExecutionResumed:
                Resume();
                break;
            default:
                Receive(next);
                break;
        }

        pump.Drain();
    }

    private void Resume()
    {
        IsSuspended = false;
        while (heldBack.TryDequeue(out var held))
        {
            Deliver(held);
            pump.Drain();
        }
    }

    private void Receive(HistoryEvent next)
    {
        if (IsReplaying && next is OutcomeEvent outcome && open.TryGetValue(outcome.TaskId, out var task))
            task.HasOutcome = true;
        if (IsSuspended)
            heldBack.Enqueue(next);
        else
            Deliver(next);
    }

    private void Deliver(HistoryEvent next)
    {
        if (next is EventRaised raised)
        {
            Events.Raise(raised);
            return;
        }

        if (next is not OutcomeEvent outcome || !open.Remove(outcome.TaskId, out var task))
            return;

        task.Cancellation.Unregister();
        switch (outcome)
        {
            case TaskCompleted completed:
                task.Complete(completed.Result);
                break;
            case SubOrchestrationCompleted completed:
                task.Complete(completed.Result);
                break;
            case TaskFailed failed:
                task.Fail(new TaskFailedException(((TaskScheduled)task.Action.Event).Name, failed.TaskId, failed.Failure.ToDetails()));
                break;
            case SubOrchestrationFailed failed:
                task.Fail(new TaskFailedException(((SubOrchestrationCreated)task.Action.Event).Name, failed.TaskId, failed.Failure.ToDetails()));
                break;
            default:
                task.Complete(null);
                break;
        }
    }

    /// <summary>Holds what the code has scheduled against what the history says it scheduled.</summary>
    private void Record(ScheduledEvent scheduled)
    {
        var index = unrecorded.FindIndex(a => a.Event.TaskId == scheduled.TaskId);
        if (index < 0)
            throw new NonDeterministicOrchestrationException($"{Subject()} does not schedule what its history has at this point: {scheduled}. {Advice}");

        var action = unrecorded[index];
        if (scheduled is TimerCreated timer && action is StartTimer)
        {
            if (open.TryGetValue(timer.TaskId, out var task))
                task.FireAt = timer.FireAt;
        }
        else if (!action.Event.Equals(scheduled))
        {
            throw new NonDeterministicOrchestrationException($"{Subject()} schedules {action.Event} where its history has {scheduled}. {Advice}");
        }

        unrecorded.RemoveAt(index);
    }

    private void RequireAllRecorded()
    {
        if (unrecorded.Count > 0 && IsReplaying)
            throw new NonDeterministicOrchestrationException($"{Subject()} schedules {unrecorded[0].Event} where its history has nothing. {Advice}");
    }

    private void RequireProgress()
    {
        if (orchestrator is { IsCompleted: false } && !IsSuspended && !Events.IsAwaited && open.Count == 0)
            throw new NonDeterministicOrchestrationException($"{Subject()} waits, but not for a task of its context. {Advice}");
    }

    /// <remarks>The await captures the pump: an orchestrator that ends on a foreign thread is reported like any other continuation there.</remarks>
    private async Task<object?> StartAsync()
    {
        if (!Services.Functions.HasOrchestrator(Header.Name))
            throw new InvalidOperationException($"There is no orchestrator '{Header.Name}'.");

        return await Services.Functions.RunOrchestratorAsync(Header.Name, context);
    }

    private OrchestrationOutcome? OutcomeOfCode()
    {
        if (orchestrator is not { IsCompleted: true } || IsSuspended)
            return null;
        if (!orchestrator.IsCompletedSuccessfully)
            return new Ended(OrchestrationRuntimeStatus.Failed, null, Failure.From(orchestrator.Exception?.InnerException ?? new TaskCanceledException(orchestrator)));
        if (ContinueAsNew is { } again)
            return new ContinuedAsNew(again.Input, again.Version, again.PreserveUnprocessedEvents ? [.. Events.Unprocessed] : []);

        return new Ended(OrchestrationRuntimeStatus.Completed, Services.Converter.Serialize(orchestrator.GetAwaiter().GetResult()), null);
    }

    private void Guarded(Action turn)
    {
        try
        {
            pump.Run(turn);
        }
        catch (Exception e)
        {
            violation ??= Failure.From(e) with { NonRetriable = e is NonDeterministicOrchestrationException };
        }
    }

    private void ReportForeignThread()
    {
        violation ??= Failure.Permanent(
            typeof(NonDeterministicOrchestrationException).FullName!, $"{Subject()} went on after a task that is not its context's. {Advice}");
        violated();
    }

    private string Subject() => $"The orchestrator '{Header.Name}' of instance '{Header.InstanceId}'";
}
