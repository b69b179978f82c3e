using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Builds;

/// <summary>Runs the hooks of a stored run, one after another. None is run twice by itself, but for HTTP hooks of a build's end, which are called at least once.</summary>
public sealed class RunHooks(
    PlatformDbContext db, HookRunner runner, BuildVariables variables, HookWorkspace workspaces, BuildVault vault, BuildLogSignal signal, BuildClock clock)
{
    private const string Interrupted = "The hook was not run to its end";
    private const string NoFiles = "The build's files are no longer kept";
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>As a workflow: what somebody has asked for, or what a build's own process has left.</summary>
    public async Task RunAsync(BuildHooksRun.Input input, CancellationToken ct)
    {
        if (await db.BuildHookRuns.SingleOrDefaultAsync(run => run.Id == input.RunId, ct) is not { Status: BuildHookRunStatus.Running } run
            || await db.Builds.AsNoTracking().SingleOrDefaultAsync(row => row.Id == input.BuildId, ct) is not { } build)
            return;
        var goesOn = run.ClaimedAt is null;
        if (run.Requested)
            run.ClaimedAt ??= clock.Now;
        await db.SaveChangesAsync(ct);
        try
        {
            if (goesOn)
                await RunAsync(run, build, ct);
        }
        finally
        {
            await EndAsync(run, build);
        }
    }

    /// <summary>As the process that has run the build, in its files.</summary>
    internal async Task RunEndAsync(Build build, Workspace workspace)
    {
        if (await db.BuildHookRuns.SingleOrDefaultAsync(run => run.BuildId == build.Id && !run.Requested && run.Status == BuildHookRunStatus.Running && run.ClaimedAt != null) is not { } run)
            return;
        using var limit = new CancellationTokenSource(Longest + Longest, clock.Time);
        try
        {
            await RunAsync(run, build, workspace, payload: null, limit.Token);
        }
        finally
        {
            await EndAsync(run, build);
        }
    }

    private async Task RunAsync(BuildHookRun run, Build build, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(Longest, clock.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        var payload = await vault.OpenPayloadAsync(run, ct);
        var needsFiles = run.Requested && HooksOf(run, build).Any(hook => hook.Type == BuildHookType.Command);
        await using var open = needsFiles ? await workspaces.OpenAsync(build, run.Id, both.Token) : null;
        await RunAsync(run, build, open?.Workspace, payload, both.Token);
    }

    private async Task RunAsync(BuildHookRun run, Build build, Workspace? workspace, string? payload, CancellationToken ct)
    {
        var read = await variables.ReadAsync(build, ct);
        await using var log = workspaces.LogOf(build, read.Secrets);
        foreach (var hook in HooksOf(run, build).ToList())
        {
            if (ct.IsCancellationRequested)
                return;
            var result = hook.Type == BuildHookType.Http ? await runner.CallAsync(build, hook, payload, ct)
                : workspace is not null ? await runner.RunCommandAsync(build, workspace, read, hook, log.For(null), Longest, ct)
                : Failed(hook, NoFiles);
            run.Results = [.. run.Results, result];
            await db.SaveChangesAsync(CancellationToken.None);
        }
    }

    // What was not run, because the time was over or the host has gone, has failed.
    private async Task EndAsync(BuildHookRun run, Build build)
    {
        run.Results = [.. run.Results, .. HooksOf(run, build).Select(hook => Failed(hook, Interrupted))];
        (run.Status, run.FinishedAt, run.Payload) = (BuildHookRunStatus.Completed, clock.Now, null);
        await db.SaveChangesAsync(CancellationToken.None);
        signal.Set(build.Id);
    }

    private static IEnumerable<BuildHook> HooksOf(BuildHookRun run, Build build) =>
        build.Config.Hooks.Where(hook => run.Names.Contains(hook.Name) && run.Results.All(result => result.Name != hook.Name));

    private BuildHookResult Failed(BuildHook hook, string why) => new(hook.Name, hook.Phase, hook.Type, BuildHookStatus.Failed) { Output = why, FinishedAt = clock.Now };
}
