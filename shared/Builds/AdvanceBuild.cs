using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Data;

namespace Platform.Builds;

/// <summary>What a build's orchestration does next.</summary>
public enum BuildAdvance
{
    Over,

    /// <summary>It has no slot yet.</summary>
    Waiting,

    /// <summary>It runs, here or elsewhere.</summary>
    Running,
}

/// <summary>
/// Takes a build as far as it goes: into a slot, into a process, to its end. May be called again at any time and on any node; a build that was claimed is not run
/// again but found to run, to have ended, or to be lost.
/// </summary>
public sealed class AdvanceBuild(PlatformDbContext db, BuildSlots slots, BuildHost host, FinishBuild finish, BuildLogSignal signal, IOptions<BuildOptions> options, BuildClock clock)
{
    /// <summary>Below the time that a function may take.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    public async Task<BuildAdvance> AdvanceAsync(BuildRun.Input input, CancellationToken ct)
    {
        var build = await FindAsync(input.BuildId, ct);
        if (build is { Status: BuildStatus.Queued } && build.QueuedAt + TimeSpan.FromHours(options.Value.QueueHours) < clock.Now)
            await finish.EndWaitingAsync(build.Id);
        else if (build is { Status: BuildStatus.Queued })
            await slots.GrantAsync(build.OrganizationId, ct);
        build = await FindAsync(input.BuildId, ct);
        return build switch
        {
            { Status: BuildStatus.Queued } => BuildAdvance.Waiting,
            { Status: BuildStatus.Running } => await RunAsync(build, ct),
            _ => BuildAdvance.Over,
        };
    }

    private async Task<BuildAdvance> RunAsync(Build build, CancellationToken ct)
    {
        if (build.LeaseToken is null)
        {
            if (!await host.CanRunAsync(ct))
                return BuildAdvance.Waiting; // nothing of it has run: it keeps its slot until the sandbox is there
            if (await ClaimAsync(build, ct) is { } claimed)
                host.Begin(claimed);
        }

        var began = clock.Time.GetTimestamp();
        while (clock.Time.GetElapsedTime(began) < Patience)
        {
            var next = signal.Next(build.Id);
            if (await FindAsync(build.Id, ct) is not { Status: BuildStatus.Running } now)
            {
                await host.EndOf(build.Id).WaitAsync(ct); // with its folder removed
                signal.Forget(build.Id);
                return BuildAdvance.Over;
            }

            if (now.LeaseExpiresAt < clock.Now && await finish.LoseAsync(now.Id, now.LeaseToken, force: false) is not null)
            {
                await slots.GrantAsync(now.OrganizationId, ct);
                return BuildAdvance.Over;
            }

            await signal.WaitAsync(next, ct);
        }

        return BuildAdvance.Running;
    }

    /// <summary>The build with the token of this run; null when another has claimed it.</summary>
    private async Task<Build?> ClaimAsync(Build build, CancellationToken ct)
    {
        var (token, expires) = (Guid.CreateVersion7(clock.Now), clock.Now + BuildLease.Length);
        var claimed = await db.InTransactionAsync(
            () => db.Builds.Where(row => row.Id == build.Id && row.Status == BuildStatus.Running && row.LeaseToken == null)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.LeaseToken, token).SetProperty(row => row.LeaseExpiresAt, expires), ct),
            ct);
        return claimed > 0 ? await FindAsync(build.Id, ct) : null;
    }

    private Task<Build?> FindAsync(Guid id, CancellationToken ct) => db.Builds.AsNoTracking().SingleOrDefaultAsync(build => build.Id == id, ct);
}
