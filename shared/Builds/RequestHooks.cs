using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Workflows;

namespace Platform.Builds;

/// <summary>Takes the wish that hooks are run, and waits for them.</summary>
public sealed class RequestHooks(PlatformDbContext db, BuildVault vault, IWorkflows workflows, BuildSandbox sandbox, BuildLogSignal signal, BuildClock clock)
{
    /// <summary>How long an answer waits; the cloud's front end closes longer ones.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(200);

    /// <summary>The run when it is over, or as it is after 200 s; without hooks one that has none.</summary>
    public async Task<Result<BuildHookRun>> RunAsync(Build build, NewHookRun wanted, CancellationToken ct)
    {
        var hooks = build.Config.Hooks.Where(hook => wanted.Names?.Contains(hook.Name) ?? hook.Phase == wanted.Phase).ToList();
        if (wanted.Names is { } names && names.Distinct().Count() > hooks.Count)
            return BuildErrors.HookNotFound;
        if (await RefuseAsync(build, hooks.Exists(hook => hook.Type == BuildHookType.Command), ct) is { } refusal)
            return refusal;
        if (hooks.Count == 0)
            return New(build, 0, []);
        var started = await db.InTransactionAsync(() => StartAsync(build, hooks, wanted.Payload, ct), ct);
        return started.IsOk ? await WaitAsync(started.Value, ct) : started;
    }

    private async Task<Error?> RefuseAsync(Build build, bool hasCommands, CancellationToken ct)
    {
        if (build is { Executor: BuildExecutor.Platform, Status: BuildStatus.Queued or BuildStatus.Running })
            return BuildErrors.Busy;
        if (!hasCommands)
            return null;
        if (build.Executor == BuildExecutor.External)
            return BuildErrors.NoWorkspace;
        if (build.SnapshotExpiresAt is not { } expires || expires <= clock.Now)
            return BuildErrors.WorkspaceExpired;
        return await sandbox.IsAvailableAsync(ct) ? null : BuildErrors.SandboxUnavailable;
    }

    private async Task<Result<BuildHookRun>> StartAsync(Build build, List<BuildHook> hooks, JsonElement? payload, CancellationToken ct)
    {
        if (await db.LockBuildAsync(build.Id, ct) is null)
            return BuildErrors.NotFound;
        if (await db.BuildHookRuns.AnyAsync(run => run.BuildId == build.Id && run.Status == BuildHookRunStatus.Running, ct))
            return BuildErrors.Busy;
        var number = await db.BuildHookRuns.Where(run => run.BuildId == build.Id).MaxAsync(run => (int?)run.Number, ct) ?? 0;
        var run = New(build, number + 1, [.. hooks.Select(hook => hook.Name)]);
        if (payload is { ValueKind: JsonValueKind.Object } given)
            run.Payload = await vault.SealPayloadAsync(run, given.GetRawText(), ct);
        db.Add(run);
        workflows.Start(BuildHooksRun.Name, BuildHooksRun.InstanceId(build.Id, run.Number), new BuildHooksRun.Input(build.OrganizationId, build.Id, run.Id, clock.CorrelationId));
        await db.SaveChangesAsync(ct);
        return run;
    }

    private async Task<Result<BuildHookRun>> WaitAsync(BuildHookRun run, CancellationToken ct)
    {
        var began = clock.Time.GetTimestamp();
        while (run.Status == BuildHookRunStatus.Running && clock.Time.GetElapsedTime(began) < Patience)
        {
            var next = signal.Next(run.BuildId);
            if (await db.BuildHookRuns.AsNoTracking().SingleOrDefaultAsync(row => row.Id == run.Id, ct) is not { } now)
                return BuildErrors.NotFound;
            run = now;
            if (run.Status == BuildHookRunStatus.Running)
                await signal.WaitAsync(next, ct);
        }

        signal.Forget(run.BuildId);
        return run;
    }

    private BuildHookRun New(Build build, int number, IReadOnlyList<string> names) => new()
    {
        Id = Guid.CreateVersion7(clock.Now),
        OrganizationId = build.OrganizationId,
        BuildId = build.Id,
        Number = number,
        Requested = true,
        Status = names.Count == 0 ? BuildHookRunStatus.Completed : BuildHookRunStatus.Running,
        Names = names,
        Results = [],
        CreatedBy = db.Caller.UserId,
        CreatedAt = clock.Now,
    };
}
