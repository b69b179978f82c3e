using EmbeddedFunctions.DurableTask;
using EmbeddedFunctions.DurableTask.Entities;
using Microsoft.Extensions.Logging;

namespace EmbeddedFunctions.Durable;

/// <summary>The context that orchestrator code sees; it turns calls into actions of its run.</summary>
internal sealed class DurableOrchestrationContext(OrchestrationRun run) : TaskOrchestrationContext
{
    private int _guids;
    private OrchestrationEntities? _entities;

    public override TaskName Name => run.Header.Name;

    public override string InstanceId => run.Header.InstanceId;

    public override string Version => run.Header.Version ?? "";

    public override ParentOrchestrationInstance? Parent { get; } =
        run.Header.Parent is { } parent ? new ParentOrchestrationInstance(parent.Name, parent.InstanceId) : null;

    public override DateTime CurrentUtcDateTime => run.Now;

    public override bool IsReplaying => run.IsReplaying;

    public override TaskOrchestrationEntityFeature Entities => _entities ??= new OrchestrationEntities(run);

    protected override ILoggerFactory LoggerFactory => run.Services.Loggers;

    public override T? GetInput<T>()
        where T : default => run.Services.Converter.Deserialize<T>(run.Header.Input);

    public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        var json = run.Services.Converter.Serialize(input);
        return RetryLoop.RunAsync(this, options?.Retry, () => run.Schedule<TResult>(new ScheduleActivity(new TaskScheduled(run.DrawTaskId(), name), json)));
    }

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null)
    {
        if (run.Section is not null)
            throw new InvalidOperationException("Within a critical section no sub-orchestration can be called.");

        var json = run.Services.Converter.Serialize(input);
        var sub = options as SubOrchestrationOptions;
        var instanceId = InstanceIds.Require(sub?.InstanceId ?? NewGuid().ToString("N"));
        var version = (sub?.Version ?? options?.Version)?.Version;
        var tags = options?.Tags is { } given ? new Dictionary<string, string>(given) : [];
        return RetryLoop.RunAsync(this, options?.Retry, () => run.Schedule<TResult>(
            new StartSubOrchestration(new SubOrchestrationCreated(run.DrawTaskId(), orchestratorName, instanceId), json, version, tags)));
    }

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        run.RequireTurn();
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled(cancellationToken);

        var utc = fireAt.Kind == DateTimeKind.Local ? fireAt.ToUniversalTime() : DateTime.SpecifyKind(fireAt, DateTimeKind.Utc);
        return run.Schedule<object>(new StartTimer(new TimerCreated(run.DrawTaskId(), utc)), cancellationToken);
    }

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default) => run.WaitForEventAsync<T>(eventName, cancellationToken);

    public override void SendEvent(string instanceId, string eventName, object payload) =>
        run.Send(new SendExternalEvent(new EventSent(run.DrawTaskId(), InstanceIds.Require(instanceId), eventName), run.Services.Converter.Serialize(payload)));

    public override void SetCustomStatus(object? customStatus)
    {
        run.RequireTurn();
        run.CustomStatus = run.Services.Converter.Serialize(customStatus);
    }

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) =>
        ContinueAsNew(new ContinueAsNewOptions { NewInput = newInput, PreserveUnprocessedEvents = preserveUnprocessedEvents });

    public override void ContinueAsNew(ContinueAsNewOptions options)
    {
        run.RequireTurn();
        run.ContinueAsNew = new ContinueAsNewRequest(
            run.Services.Converter.Serialize(options.NewInput), options.NewVersion ?? run.Header.Version, options.PreserveUnprocessedEvents);
    }

    public override Guid NewGuid()
    {
        run.RequireTurn();
        return DeterministicGuid.Create(InstanceId, CurrentUtcDateTime, _guids++);
    }
}
