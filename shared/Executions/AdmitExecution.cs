using System.Text;
using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Sandbox.Runtimes;
using Platform.Settings;

namespace Platform.Executions;

/// <summary>
/// The steps of the saga up to a made sandbox (executions.md §2.7): validate, allocate, queue, claim the run. One transaction, since no wait lies between them.
/// </summary>
public sealed class AdmitExecution(
    PlatformDbContext db, ExecutionQueue queue, RuntimeCatalog runtimes, SystemSettingsStore settings, IOptions<ExecutionOptions> options, TimeProvider clock)
{
    private const int MaxScriptBytes = 1_048_576;

    /// <summary>
    /// Brings the execution as far as it gets. Answers null when it is claimed for <paramref name="runToken"/> and the script may start; else what stands in the way:
    /// an outcome to store, or nothing but a place in the queue.
    /// </summary>
    public Task<Admission> AdmitAsync(RunExecution.Input input, Guid runToken, CancellationToken ct) => db.RetryOnRaceAsync(() => db.InTransactionAsync(
        async () =>
        {
            if (await db.FindWorkAsync(input.ExecutionId, ct) is not { } execution || execution.Status.IsTerminal())
                return Admission.Ended;
            if (!execution.HoldsSlot) // after a failed start
                await TakeSlotAsync(execution, ct);
            var admission = execution.RunToken is { } claimed ? Admission.Refuse(ExecutionOutcome.Lost, claimed) : await AdvanceAsync(execution, runToken, ct);
            await db.SaveChangesAsync(ct);
            return admission;
        },
        ct));

    private async Task<Admission> AdvanceAsync(Execution execution, Guid runToken, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (execution.CancelRequestedAt is not null)
            return Admission.Refuse(ExecutionOutcome.Cancelled);
        if (now - execution.CreatedAt >= TimeSpan.FromSeconds(options.Value.StaleSeconds))
            return Admission.Refuse(ExecutionOutcome.Refused("Waited too long in the queue"));

        if (runtimes.Find(execution.Lang, execution.LangVersion) is not { } runtime)
            return Admission.Refuse(ExecutionOutcome.SystemFailure("The runtime is no longer available"));
        if (await ValidateAsync(execution, ct) is { } refusal)
            return Admission.Refuse(refusal);
        if (!execution.HoldsSlot)
        {
            execution.Saga!.Wait(now);
            return Admission.Waiting;
        }

        return await ClaimAsync(execution, runtime, runToken, now, ct);
    }

    private async Task TakeSlotAsync(Execution execution, CancellationToken ct)
    {
        await queue.LockAsync(ct);
        await queue.GrantAsync(execution.Id, freed: 0, ct);
    }

    private async Task<ExecutionOutcome?> ValidateAsync(Execution execution, CancellationToken ct)
    {
        if (Encoding.UTF8.GetByteCount(execution.Script) > MaxScriptBytes)
            return ExecutionOutcome.Refused("The script is too large");
        if (execution.TimeoutSeconds > (await settings.GetAsync(ct)).ExecutionLimits.MaxTimeoutSeconds)
            return ExecutionOutcome.Refused("The timeout is over the platform's limit");
        return null;
    }

    private async Task<Admission> ClaimAsync(Execution execution, SupportedRuntime runtime, Guid runToken, DateTimeOffset now, CancellationToken ct)
    {
        if (await queue.ActiveOfLanguageAsync(execution.Lang, ct) >= options.Value.MaxPerLanguage)
            return Admission.Refuse(ExecutionOutcome.Refused($"Too many active executions of {execution.Lang}"));

        execution.Allocate(options.Value, now);
        if (execution.Schedule(runToken, Environment.MachineName, now) is { } refusal)
            throw new InvalidOperationException(refusal.Message);

        execution.Saga!.Reach(SagaSteps.CreatePod, now);
        var pod = PodSpecification.Of(execution, runtime, options.Value);
        db.RaiseFor(execution, new AllocateResourcesCommand(execution.Id, pod.CpuRequest, pod.MemoryRequest));
        db.RaiseFor(execution, new CreatePodCommand(execution.Saga.Id, execution.Id, pod));
        db.RaiseFor(execution, new PodCreated(execution.Id, execution.PodName, PodSpecification.Namespace));
        db.RaiseFor(execution, new PodScheduled(execution.Id, execution.PodName, execution.NodeName!));
        return Admission.Claimed(execution, runtime);
    }
}
