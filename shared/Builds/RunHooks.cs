using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Builds;

/// <summary>Runs hooks that somebody has asked for, one after another, each once.</summary>
public sealed class RunHooks(
    PlatformDbContext db, HookRunner runner, BuildVariables variables, HookWorkspace workspaces, BuildVault vault, BuildLogSignal signal, BuildClock clock)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    public async Task RunAsync(BuildHooksRun.Input input, CancellationToken ct)
    {
        if (await db.BuildHookRuns.SingleOrDefaultAsync(run => run.Id == input.RunId, ct) is not { Status: BuildHookRunStatus.Running } run
            || await db.Builds.AsNoTracking().SingleOrDefaultAsync(row => row.Id == input.BuildId, ct) is not { } build)
            return;
        var isFirst = run.ClaimedAt is null;
        run.ClaimedAt ??= clock.Now;
        await db.SaveChangesAsync(ct);
        try
        {
            if (isFirst)
                await RunAsync(run, build, ct);
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
        var hooks = build.Config.Hooks.Where(hook => run.Names.Contains(hook.Name)).ToList();
        var payload = await vault.OpenPayloadAsync(run, ct);
        await using var open = hooks.Exists(hook => hook.Type == BuildHookType.Command) ? await workspaces.OpenAsync(build, run.Id, both.Token) : null;
        var read = await variables.ReadAsync(build, ct);
        await using var log = open?.LogOf(build, read.Secrets);
        foreach (var hook in hooks)
        {
            if (both.IsCancellationRequested)
                return;
            var result = (hook.Type, open) switch
            {
                (BuildHookType.Http, _) => await runner.CallAsync(build, hook, payload, both.Token),
                (_, { } place) => await runner.RunCommandAsync(build, place.Workspace, read, hook, log!.For(null), Longest, both.Token),
                _ => Failed(hook, "The build's files are no longer kept"),
            };
            run.Results = [.. run.Results, result];
            await db.SaveChangesAsync(CancellationToken.None);
        }
    }

    // What was not run, because the time was over or the host has gone, has failed.
    private async Task EndAsync(BuildHookRun run, Build build)
    {
        var missing = build.Config.Hooks.Where(hook => run.Names.Contains(hook.Name) && run.Results.All(result => result.Name != hook.Name));
        run.Results = [.. run.Results, .. missing.Select(hook => Failed(hook, "The hook was not run to its end"))];
        (run.Status, run.FinishedAt, run.Payload) = (BuildHookRunStatus.Completed, clock.Now, null);
        await db.SaveChangesAsync(CancellationToken.None);
        signal.Set(build.Id);
    }

    private BuildHookResult Failed(BuildHook hook, string why) => new(hook.Name, hook.Phase, hook.Type, BuildHookStatus.Failed) { Output = why, FinishedAt = clock.Now };
}
