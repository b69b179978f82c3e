using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Data;

namespace Platform.Builds;

/// <summary>Runs the hooks of a build's end in its files and keeps a snapshot of these. Whatever goes wrong here does not change how the build ended.</summary>
public sealed class EndHooks(PlatformDbContext db, RunHooks hooks, WorkspaceSnapshots snapshots, IOptions<BuildOptions> options, ILogger<EndHooks> log)
{
    private static readonly TimeSpan LongestSnapshot = TimeSpan.FromMinutes(10);

    internal async Task RunAsync(Build build, Workspace workspace)
    {
        try
        {
            await hooks.RunEndAsync(build, workspace);
            using var limit = new CancellationTokenSource(LongestSnapshot);
            if (options.Value.SnapshotHours > 0 && await snapshots.KeepAsync(build, workspace, limit.Token))
                await ChangeAsync(build.Id, row => row.SnapshotExpiresAt = row.FinishedAt!.Value.AddHours(options.Value.SnapshotHours));
        }
        catch (Exception fault)
        {
            log.LogWarning(fault, "The hooks at the end of build {BuildId} could not all be run", build.Id);
        }
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
