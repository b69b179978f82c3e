using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Sandbox.Runtimes;
using Platform.Settings;

namespace Platform.Executions;

/// <summary>
/// The steps of the saga between its slot and a made sandbox (executions.md §2.7): validate, allocate, claim the run. Part of the caller's transaction. Runs as
/// <see cref="Identity.Caller.Platform"/>.
/// </summary>
public sealed class ClaimExecution(PlatformDbContext db, RuntimeCatalog runtimes, SystemSettingsStore settings, IOptions<ExecutionOptions> options, TimeProvider clock)
{
    private const int MaxScriptBytes = 1_048_576;

    /// <summary>The execution, claimed for <paramref name="runToken"/>; else what stands in the way: an outcome to store, or nothing but a place in the queue.</summary>
    public async Task<Admission> ClaimAsync(Execution execution, Guid runToken, CancellationToken ct)
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

        if (await ActiveOfLanguageAsync(execution.Lang, ct) >= options.Value.MaxPerLanguage)
            return Admission.Refuse(ExecutionOutcome.Refused($"Too many active executions of {execution.Lang}"));
        Claim(execution, runtime, runToken, now);
        return Admission.Claimed(execution, runtime);
    }

    private async Task<ExecutionOutcome?> ValidateAsync(Execution execution, CancellationToken ct)
    {
        if (Encoding.UTF8.GetByteCount(execution.Script) > MaxScriptBytes)
            return ExecutionOutcome.Refused("The script is too large");
        if (execution.TimeoutSeconds > (await settings.GetAsync(ct)).ExecutionLimits.MaxTimeoutSeconds)
            return ExecutionOutcome.Refused("The timeout is over the platform's limit");
        return null;
    }

    // What is stored, and what this unit of work has changed and not stored yet.
    private async Task<int> ActiveOfLanguageAsync(string lang, CancellationToken ct)
    {
        var unsaved = db.ChangeTracker.Entries<ResourceAllocation>().Where(a => a.Entity.Language == lang).Sum(a =>
            Count(a.Entity.Status) - (a.State == EntityState.Added ? 0 : Count(a.OriginalValues.GetValue<AllocationStatus>(nameof(ResourceAllocation.Status)))));
        return unsaved + await db.CountAllocatedAsync(lang, ct);

        static int Count(AllocationStatus status) => status == AllocationStatus.Active ? 1 : 0;
    }

    private void Claim(Execution execution, SupportedRuntime runtime, Guid runToken, DateTimeOffset now)
    {
        execution.Allocate(options.Value, now);
        if (execution.Schedule(runToken, Environment.MachineName, now) is { } refusal)
            throw new InvalidOperationException(refusal.Message);

        execution.Saga!.Reach(SagaSteps.CreatePod, now);
        var pod = PodSpecification.Of(execution, runtime, options.Value);
        db.RaiseFor(execution, new AllocateResourcesCommand(execution.Id, pod.CpuRequest, pod.MemoryRequest));
        db.RaiseFor(execution, new CreatePodCommand(execution.Saga.Id, execution.Id, pod));
        db.RaiseFor(execution, new PodCreated(execution.Id, execution.PodName, PodSpecification.Namespace));
        db.RaiseFor(execution, new PodScheduled(execution.Id, execution.PodName, execution.NodeName!));
    }
}
