using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Secrets;

namespace Platform.Builds;

/// <summary>Runs the hooks of a build's end and keeps a snapshot of its files. Whatever goes wrong here does not change how the build ended.</summary>
public sealed class EndHooks(PlatformDbContext db, HookRunner runner, BuildVariables variables, WorkspaceSnapshots snapshots, IServiceScopeFactory scopes, IOptions<BuildOptions> options, ILogger<EndHooks> log)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    internal async Task RunAsync(Build build, Workspace workspace)
    {
        using var limit = new CancellationTokenSource(Longest + Longest);
        try
        {
            if (build.Status != BuildStatus.Cancelled)
                await RunHooksAsync(build, workspace, limit.Token);
            if (options.Value.SnapshotHours > 0 && await snapshots.KeepAsync(build, workspace, limit.Token))
                await ChangeAsync(build.Id, row => row.SnapshotExpiresAt = row.FinishedAt!.Value.AddHours(options.Value.SnapshotHours));
        }
        catch (Exception fault)
        {
            log.LogWarning(fault, "The hooks at the end of build {BuildId} could not all be run", build.Id);
        }
    }

    private async Task RunHooksAsync(Build build, Workspace workspace, CancellationToken ct)
    {
        var phase = build.Status == BuildStatus.Succeeded ? BuildHookPhase.OnSuccess : BuildHookPhase.OnFailure;
        var hooks = build.Config.Hooks.Where(hook => hook.Phase == phase).ToList();
        if (hooks.Count == 0)
            return;
        var read = await variables.ReadAsync(build, ct);
        await using var silent = BuildLogWriter.Silent(scopes, build, new SecretMask(read.Secrets));
        var results = new List<BuildHookResult>();
        foreach (var hook in hooks)
        {
            results.Add(hook.Type == BuildHookType.Http
                ? await runner.CallAsync(build, hook, null, ct)
                : await runner.RunCommandAsync(build, workspace, read, hook, silent.For(null), Longest, ct));
        }

        await db.InTransactionAsync(
            async () =>
            {
                if (await db.LockBuildAsync(build.Id, CancellationToken.None) is null)
                    return false;
                var number = await db.BuildHookRuns.Where(run => run.BuildId == build.Id).MaxAsync(run => (int?)run.Number) ?? 0;
                db.Add(BuildHookSteps.Own(build, number + 1, results, results[^1].FinishedAt!.Value));
                await db.SaveChangesAsync();
                return true;
            },
            CancellationToken.None);
    }

    private Task<bool> ChangeAsync(Guid id, Action<Build> change) => db.InTransactionAsync(
        async () =>
        {
            if (await db.LockBuildAsync(id, CancellationToken.None) is not { } build)
                return false;
            change(build);
            build.Version++;
            await db.SaveChangesAsync();
            return true;
        },
        CancellationToken.None);
}
