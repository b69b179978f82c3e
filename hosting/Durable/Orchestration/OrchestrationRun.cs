using EmbeddedFunctions.DurableTask.Client;

namespace EmbeddedFunctions.Durable;

/// <summary>
/// The coroutine of one generation of one instance. Replay and live turns feed it the same events through the same method, so that a live coroutine and one rebuilt from the
/// history are in the same state. Only one thread at a time may use it.
/// </summary>
internal sealed class OrchestrationRun
{
    private readonly Dictionary<int, OpenTask> _open = [];
    private readonly UnrecordedActions _actions;
    private readonly Queue<HistoryEvent> _heldBack = new();
    private readonly OrchestrationPump _pump;
    private readonly DurableOrchestrationContext _context;
    private readonly Action _violated;
    private readonly string _subject;
    private int _nextTaskId;
    private Task<object?>? _orchestrator;
    private Failure? _violation;

    /// <param name="header">The instance.</param>
    /// <param name="services">What all runs share.</param>
    /// <param name="violated">Called, on any thread, when code of this orchestrator ran outside a turn.</param>
    public OrchestrationRun(InstanceHeader header, OrchestrationServices services, Action violated)
    {
        Header = header;
        Services = services;
        _violated = violated;
        _subject = $"The orchestrator '{header.Name}' of instance '{header.InstanceId}'";
        _actions = new UnrecordedActions(_subject);
        _pump = new OrchestrationPump(ReportForeignThread);
        Events = new ExternalEvents(services.Converter);
        _context = new DurableOrchestrationContext(this);
    }

    public InstanceHeader Header { get; }

    public OrchestrationServices Services { get; }

    public ExternalEvents Events { get; }

    public DateTime Now { get; private set; }

    public bool IsReplaying { get; private set; }

    public bool IsSuspended { get; private set; }

    public bool IsStarted => _orchestrator is not null;

    /// <summary>Set once the code broke the rules, or may not run here; the instance then fails in its next turn.</summary>
    public Failure? Violation => _violation;

    public OrchestrationOutcome? Outcome { get; private set; }

    public ContinueAsNewRequest? ContinueAsNew { get; set; }

    /// <summary>The entities that the code has locked or is about to lock.</summary>
    public CriticalSection? Section { get; set; }

    /// <summary>JSON.</summary>
    public string? CustomStatus { get; set; }

    public IEnumerable<OpenTask> OpenTasks => _open.Values.Where(t => !t.HasOutcome);

    /// <summary>Feeds the stored history to fresh code. A mismatch is reported as <see cref="Violation"/>.</summary>
    public void Replay(List<HistoryEvent> history)
    {
        IsReplaying = true;
        Guarded(() =>
        {
            foreach (var past in history)
                Apply(past);
            _actions.RequireNone();
            if (_orchestrator is { IsCompleted: true } && !IsSuspended)
                throw new NonDeterministicOrchestrationException($"{_subject} returns where its history goes on. {NonDeterministicOrchestrationException.Advice}");
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
        if (_violation is not null && Outcome is not Ended { Status: OrchestrationRuntimeStatus.Terminated })
            Outcome = new Ended(OrchestrationRuntimeStatus.Failed, null, _violation);
        return applied;
    }

    /// <summary>Makes the instance fail in its next turn.</summary>
    public void Refuse(Failure reason) => _violation ??= reason;

    /// <summary>Ends the instance because of its <see cref="Violation"/> without running code.</summary>
    public void FailByViolation() => Outcome = new Ended(OrchestrationRuntimeStatus.Failed, null, _violation);

    /// <summary>What the code has scheduled since the last call.</summary>
    public List<OrchestrationAction> TakeActions() => _actions.Take();

    /// <summary>Takes the place in the history for an outcome; false when there is no such task or it has an outcome already.</summary>
    public bool TryAccept(OutcomeEvent outcome)
    {
        if (!_open.TryGetValue(outcome.TaskId, out var task) || task.HasOutcome || task.Action is StartTimer != outcome is TimerFired)
            return false;

        return task.HasOutcome = true;
    }

    public int DrawTaskId()
    {
        RequireTurn();
        return _nextTaskId++;
    }

    public Task<T> Schedule<T>(OrchestrationAction action, CancellationToken ct = default)
    {
        RequireTurn();
        _actions.Add(action);
        var task = new OpenTask<T>(action, Services.Converter);
        _open.Add(action.Event.TaskId, task);
        if (ct.CanBeCanceled)
            task.Cancellation = ct.UnsafeRegister(_ => _pump.Send(_ => Cancel(task, action.Event.TaskId, ct), null), null);
        return task.Task;
    }

    public void Send(OrchestrationAction action)
    {
        RequireTurn();
        _actions.Add(action);
    }

    public Task<T> WaitForEventAsync<T>(string name, CancellationToken ct)
    {
        RequireTurn();
        return Events.WaitAsync<T>(name, _pump, ct);
    }

    public void RequireTurn()
    {
        if (_pump.IsCurrent)
            return;

        ReportForeignThread();
        throw new InvalidOperationException($"{_subject} uses its context from a foreign thread. {NonDeterministicOrchestrationException.Advice}");
    }

    private void Cancel(OpenTask task, int id, CancellationToken ct)
    {
        if (_open.Remove(id))
            task.Cancel(ct);
    }

    private void Apply(HistoryEvent next)
    {
        switch (next)
        {
            case OrchestratorStarted turn:
                if (IsReplaying)
                    _actions.RequireNone();
                Now = turn.Timestamp;
                break;
            case ExecutionStarted:
                _orchestrator = StartAsync();
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

        _pump.Drain();
    }

    private void Resume()
    {
        IsSuspended = false;
        while (_heldBack.TryDequeue(out var held))
        {
            Deliver(held);
            _pump.Drain();
        }
    }

    private void Receive(HistoryEvent next)
    {
        if (IsReplaying && next is OutcomeEvent outcome && _open.TryGetValue(outcome.TaskId, out var task))
            task.HasOutcome = true;
        if (IsSuspended)
            _heldBack.Enqueue(next);
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

        if (next is not OutcomeEvent outcome || !_open.Remove(outcome.TaskId, out var task))
            return;

        task.Cancellation.Unregister();
        Section?.Follow(task.Action.Event, outcome);
        task.Settle(outcome);
    }

    private void Record(ScheduledEvent scheduled)
    {
        _actions.Match(scheduled);
        if (scheduled is TimerCreated timer && _open.TryGetValue(timer.TaskId, out var task))
            task.FireAt = timer.FireAt;
    }

    private void RequireProgress()
    {
        if (_orchestrator is { IsCompleted: false } && !IsSuspended && !Events.IsAwaited && _open.Count == 0)
            throw new NonDeterministicOrchestrationException($"{_subject} waits, but not for a task of its context. {NonDeterministicOrchestrationException.Advice}");
    }

    /// <remarks>The await captures the pump: an orchestrator that ends on a foreign thread is reported like any other continuation there.</remarks>
    private async Task<object?> StartAsync()
    {
        if (!Services.Functions.HasOrchestrator(Header.Name))
            throw new InvalidOperationException($"There is no orchestrator '{Header.Name}'.");

        return await Services.Functions.RunOrchestratorAsync(Header.Name, _context);
    }

    private OrchestrationOutcome? OutcomeOfCode()
    {
        if (_orchestrator is not { IsCompleted: true } || IsSuspended)
            return null;
        if (!_orchestrator.IsCompletedSuccessfully)
            return new Ended(OrchestrationRuntimeStatus.Failed, null, Failure.From(_orchestrator.Exception?.InnerException ?? new TaskCanceledException(_orchestrator)));
        if (ContinueAsNew is { } again)
            return new ContinuedAsNew(again.Input, again.Version, again.PreserveUnprocessedEvents ? [.. Events.Unprocessed] : []);

        return new Ended(OrchestrationRuntimeStatus.Completed, Services.Converter.Serialize(_orchestrator.GetAwaiter().GetResult()), null);
    }

    private void Guarded(Action turn)
    {
        try
        {
            _pump.Run(turn);
        }
        catch (Exception e)
        {
            _violation ??= Failure.From(e) with { NonRetriable = e is NonDeterministicOrchestrationException };
        }
    }

    private void ReportForeignThread()
    {
        _violation ??= Failure.Permanent(
            typeof(NonDeterministicOrchestrationException).FullName!, $"{_subject} went on after a task that is not its context's. {NonDeterministicOrchestrationException.Advice}");
        _violated();
    }
}
