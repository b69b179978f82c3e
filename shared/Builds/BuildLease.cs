using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Identity;

namespace Platform.Builds;

/// <summary>
/// Keeps a build for the process that runs it: says every 10 s that it lives, and looks each second whether somebody wants it to end. A run that is not heard of for
/// 45 s counts as lost, and whoever finds that out ends the build; so a run that cannot say that it lives stops itself before.
/// </summary>
public sealed class BuildLease(IServiceScopeFactory scopes, IOptions<BuildOptions> options, TimeProvider clock, ILogger<BuildLease> log)
{
    internal static readonly TimeSpan Length = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GivenUp = TimeSpan.FromSeconds(40);

    internal async Task KeepAsync(Build build, Workspace workspace, RunningBuilds.Entry entry, BuildStops stops, CancellationToken over)
    {
        var beaten = clock.GetTimestamp();
        while (!over.IsCancellationRequested)
        {
            await Task.Delay(Look, clock, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await LookAsync(build, entry, stops);
                if (clock.GetElapsedTime(beaten) < Beat)
                    continue;
                if (BuildFolders.SizeOf(workspace.HostFolder) > (long)options.Value.MaxWorkspaceMb << 20)
                    stops.Fill();
                if (await BeatAsync(build))
                    beaten = clock.GetTimestamp();
                else
                    stops.Lose();
            }
            catch (Exception fault)
            {
                log.LogWarning(fault, "The lease of build {BuildId} could not be renewed", build.Id);
                if (clock.GetElapsedTime(beaten) > GivenUp)
                    stops.Lose();
            }
        }
    }

    private async Task LookAsync(Build build, RunningBuilds.Entry entry, BuildStops stops)
    {
        await using var scope = scopes.CreateScopeFor(Caller.System(build.OrganizationId), null);
        var found = await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().Builds.AsNoTracking()
            .Where(row => row.Id == build.Id).Select(row => new { row.CancelRequestedAt, row.LeaseToken, row.Status }).SingleOrDefaultAsync();
        if (found is null || found.LeaseToken != build.LeaseToken || found.Status != BuildStatus.Running)
            stops.Lose();
        else if (found.CancelRequestedAt is not null)
            entry.Cancel();
    }

    private async Task<bool> BeatAsync(Build build)
    {
        await using var scope = scopes.CreateScopeFor(Caller.System(build.OrganizationId), null);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var expires = clock.GetUtcNow() + Length;
        return await db.InTransactionAsync(
            () => db.Builds.Where(row => row.Id == build.Id && row.LeaseToken == build.LeaseToken) // also behind its end, as long as its hooks run
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.LeaseExpiresAt, expires)),
            CancellationToken.None) > 0;
    }
}
