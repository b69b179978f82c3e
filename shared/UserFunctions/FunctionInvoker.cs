namespace Platform.UserFunctions;

/// <summary>Runs functions and records that they ran. What has begun goes on to its end whether or not the caller still listens.</summary>
public sealed class FunctionInvoker(WorkerPools pools, WorkerStarter starter, InvocationJournal journal, TimeProvider clock)
{
    private const int Tries = 3;
    private static readonly WorkerOutcome Loaded = new(InvocationStatus.Success, null, null);

    /// <summary>Runs the active version in a warm worker where there is one; null when the host cannot run it.</summary>
    public async Task<Invoked?> InvokeAsync(ActiveFunction function, InvocationEvent given, Guid? callerId, string? correlationId)
    {
        var call = NewCall(given, function.TimeoutSeconds, isTest: false);
        var facts = new Facts(function, function.Version!.Number, InvocationTrigger.Invoke, callerId, call) { DeploymentId = function.DeploymentId, StartedAt = clock.GetUtcNow() };
        var invoked = await InPoolAsync(function, call, facts);
        if (invoked is not null)
            await journal.AddAsync(invoked.Record, function.Name, correlationId);
        return invoked;
    }

    /// <summary>Runs code once in a worker of its own; null when the host cannot run it.</summary>
    internal async Task<Invoked?> RunAloneAsync(WorkerSpec spec, InvocationEvent? given, int timeoutSeconds, InvocationTrigger trigger, Guid? callerId, Guid? deploymentId)
    {
        if (await pools.TakeRoomAsync(spec.RoomMb) is not { } room)
            return null;
        var call = NewCall(given ?? new InvocationEvent(null, null), timeoutSeconds, isTest: trigger == InvocationTrigger.Test);
        var facts = new Facts(spec.Function, spec.Version, trigger, callerId, call) { DeploymentId = deploymentId, StartedAt = clock.GetUtcNow() };
        var (worker, failure) = await StartAsync(spec, room);
        if (worker is null)
            return failure!.Outcome is { } outcome ? Done(facts, outcome, failure.Init, null) : null;
        var done = given is null ? Loaded : await worker.InvokeAsync(call);
        worker.Kill();
        _ = FreeAsync(worker, room);
        return Done(facts, done, worker.Init, worker.Id);
    }

    /// <summary>Has a worker of the pool ready and, with an event, run; null when the host cannot.</summary>
    public Task<Invoked?> VerifyAsync(ActiveFunction function, InvocationEvent? given, int timeoutSeconds)
    {
        var call = NewCall(given ?? new InvocationEvent(null, null), timeoutSeconds, isTest: false);
        var facts = new Facts(function, function.Version!.Number, InvocationTrigger.Probe, null, call) { DeploymentId = function.DeploymentId, StartedAt = clock.GetUtcNow() };
        return InPoolAsync(function, call, facts, onlyLoad: given is null);
    }

    /// <summary>Keeps the record of a run that <see cref="RunAloneAsync"/> made.</summary>
    public ValueTask KeepAsync(Invoked invoked, string functionName) => journal.AddAsync(invoked.Record, functionName, correlationId: null);

    private async Task<Invoked?> InPoolAsync(ActiveFunction function, WorkerCall call, Facts facts, bool onlyLoad = false)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (await AcquireAsync(function) is not { } acquired)
                return null;
            if (acquired.Failure is { } failure)
                return failure.Outcome is { } refused ? Done(facts with { Queued = acquired.Queued }, refused, failure.Init, null) : null;
            if (acquired.Worker is not { } pooled)
                return Done(facts with { Queued = acquired.Queued }, new WorkerOutcome(InvocationStatus.Throttled, null, null), null, null);
            WorkerOutcome outcome;
            try
            {
                outcome = onlyLoad ? Loaded : await pooled.Worker.InvokeAsync(call);
            }
            finally
            {
                pools.Release(pooled);
            }

            if (outcome.NeverRan && attempt < Tries)
                continue;
            return Done(facts with { Queued = acquired.Queued }, outcome, acquired.IsCold ? pooled.Worker.Init : null, pooled.Worker.Id);
        }
    }

    private async Task<Acquired?> AcquireAsync(ActiveFunction function)
    {
        try
        {
            return await pools.AcquireAsync(function);
        }
        catch (RuntimeMissingException)
        {
            return null;
        }
    }

    private async Task<(IFunctionWorker? Worker, WorkerFailure? Failure)> StartAsync(WorkerSpec spec, IDisposable room)
    {
        try
        {
            var started = await starter.StartAsync(spec);
            if (started.Worker is null)
                room.Dispose();
            return started;
        }
        catch
        {
            room.Dispose();
            throw;
        }
    }

    private static async Task FreeAsync(IFunctionWorker worker, IDisposable room)
    {
        await worker.Ended;
        room.Dispose();
    }

    private WorkerCall NewCall(InvocationEvent given, int timeoutSeconds, bool isTest) => new()
    {
        Id = Guid.CreateVersion7(clock.GetUtcNow()),
        Event = given,
        Timeout = TimeSpan.FromSeconds(timeoutSeconds),
        IsTest = isTest,
    };

    private Invoked Done(Facts facts, WorkerOutcome outcome, TimeSpan? init, Guid? workerId)
    {
        var now = clock.GetUtcNow();
        var function = facts.Function;
        return new Invoked(
            new FunctionInvocation
            {
                Id = facts.Call.Id,
                OrganizationId = function.OrganizationId,
                ProjectId = function.ProjectId,
                FunctionId = function.Id,
                VersionNumber = facts.Version,
                DeploymentId = facts.DeploymentId,
                Trigger = facts.Trigger,
                Status = outcome.Status,
                DurationMs = (long)Math.Round(outcome.Duration.TotalMilliseconds),
                InitDurationMs = init is { } time ? (long)Math.Round(time.TotalMilliseconds) : null,
                QueueMs = (long)facts.Queued.TotalMilliseconds,
                ColdStart = init is not null,
                MemoryUsedMb = (int)((outcome.PeakKb + 1023) / 1024),
                MemoryMb = function.MemoryMb,
                CpuMs = (long)Math.Round(outcome.Cpu.TotalMilliseconds),
                RequestBytes = facts.Call.Event.Bytes,
                ResponseBytes = outcome.ResponseBytes,
                Error = outcome.Error,
                Fingerprint = outcome.Error is { } error ? ErrorFingerprint.Of(error) : null,
                Logs = outcome.Logs,
                CallerId = facts.CallerId,
                WorkerId = workerId,
                StartedAt = facts.StartedAt,
                FinishedAt = now,
                CreatedAt = facts.StartedAt,
            },
            outcome.Result);
    }

    private sealed record Facts(ActiveFunction Function, int Version, InvocationTrigger Trigger, Guid? CallerId, WorkerCall Call)
    {
        public Guid? DeploymentId { get; init; }

        public required DateTimeOffset StartedAt { get; init; }

        public TimeSpan Queued { get; init; }
    }
}
