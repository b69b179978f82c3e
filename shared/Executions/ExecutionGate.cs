using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Identity;
using Platform.Sandbox;
using Platform.Sandbox.Runtimes;
using Platform.Settings;

namespace Platform.Executions;

/// <summary>Decides whether an execution may be made now, with which runtime and limits.</summary>
public sealed class ExecutionGate(PlatformDbContext db, ISandbox sandbox, RuntimeCatalog runtimes, SystemSettingsStore settings, IOptions<ExecutionOptions> options, TimeProvider clock)
{
    /// <summary>How long a request waits for the runtimes to be known after the start.</summary>
    internal static readonly TimeSpan FirstProbe = TimeSpan.FromSeconds(30);

    /// <summary>The runtime and the limits in force, or what stands against it: 422 for an unknown runtime or too high a limit, 429 or 503 when there is no room.</summary>
    public async Task<Result<Pass>> CheckAsync(Guid userId, string lang, string version, int? timeoutSeconds, int? memoryMb, CancellationToken ct)
    {
        if (await RefuseSandboxAsync(ct) is { } unavailable)
            return unavailable;
        if (runtimes.Find(lang, version) is not { } runtime)
            return ExecutionErrors.RuntimeUnknown(lang, version, runtimes.Supported);

        var most = (await settings.GetAsync(ct)).ExecutionLimits;
        if (timeoutSeconds > most.MaxTimeoutSeconds)
            return ExecutionErrors.LimitTooHigh("timeout_seconds", most.MaxTimeoutSeconds);
        if (memoryMb > most.MaxMemoryMb)
            return ExecutionErrors.LimitTooHigh("memory_mb", most.MaxMemoryMb);
        if (await RefuseRoomAsync(userId, ct) is { } full)
            return full;

        return new Pass(runtime, new ExecutionLimits(timeoutSeconds ?? most.MaxTimeoutSeconds, memoryMb ?? most.MaxMemoryMb, most.MaxCpuCores * 1000));
    }

    private async Task<Error?> RefuseSandboxAsync(CancellationToken ct)
    {
        try
        {
            await runtimes.Ready.WaitAsync(FirstProbe, clock, ct);
        }
        catch (TimeoutException)
        {
            return ExecutionErrors.SandboxUnavailable;
        }

        return sandbox.State.AcceptsRuns ? null : ExecutionErrors.SandboxUnavailable;
    }

    private async Task<Error?> RefuseRoomAsync(Guid userId, CancellationToken ct)
    {
        var own = await db.CountUnfinishedAsync(userId, ct);
        if (own >= options.Value.MaxPerUser)
            return ExecutionErrors.UserLimit;

        using (db.ActAs(Caller.Platform)) // the queue is one for all tenants
        {
            var queued = await db.CountQueuedAsync(ct);
            return queued >= options.Value.MaxQueue ? ExecutionErrors.QueueFull : null;
        }
    }

    /// <summary>What the caller may use.</summary>
    public sealed record Pass(SupportedRuntime Runtime, ExecutionLimits Limits);
}
