using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Builds;

/// <summary>What comes after a build's work: its final state, the hooks of its end, the snapshot of its files, its slot for the next one.</summary>
public sealed class FinishBuild(PlatformDbContext db, EndBuild end, RetryBuild retry, BuildSlots slots, EndHooks hooks, BuildLogSignal signal, BuildClock clock)
{
    internal async Task FinishAsync(Build build, Workspace workspace, BuildOutcome outcome)
    {
        var isLost = outcome.Failure?.Code == BuildFailureCode.ExecutorLost;
        var ended = isLost ? await LoseAsync(build.Id, build.LeaseToken, force: true) : await EndAsync(build, outcome);
        await slots.GrantAsync(build.OrganizationId, CancellationToken.None);
        if (ended is not null && !isLost)
            await hooks.RunAsync(ended, workspace);
    }

    /// <summary>Ends a build whose run is lost, and has it tried again once when its configuration says so. Null when it is not lost.</summary>
    /// <param name="force">Also before the lease is over: the run itself knows.</param>
    internal async Task<Build?> LoseAsync(Guid buildId, Guid? token, bool force)
    {
        var ended = await db.InTransactionAsync(() => LoseLockedAsync(buildId, token, force), CancellationToken.None);
        signal.Set(buildId);
        return ended;
    }

    /// <summary>Ends a build that has waited too long for a slot.</summary>
    internal async Task EndWaitingAsync(Guid buildId)
    {
        await db.InTransactionAsync(
            async () =>
            {
                if (await db.LockBuildAsync(buildId, CancellationToken.None) is { Status: BuildStatus.Queued } build)
                    await end.EndAsync(build, BuildStatus.Failed, new BuildFailure(BuildFailureCode.QueueTimeout, "The build waited too long for a slot"), CancellationToken.None);
                return true;
            },
            CancellationToken.None);
        signal.Set(buildId);
    }

    private async Task<Build?> EndAsync(Build build, BuildOutcome outcome)
    {
        var ended = await db.InTransactionAsync(
            async () =>
            {
                if (await db.LockBuildAsync(build.Id, CancellationToken.None) is not { Status: BuildStatus.Running } locked || locked.LeaseToken != build.LeaseToken)
                    return null;
                await end.EndAsync(locked, outcome.Status, outcome.Failure, CancellationToken.None, byItsRun: true);
                return locked;
            },
            CancellationToken.None);
        signal.Set(build.Id);
        return ended;
    }

    private async Task<Build?> LoseLockedAsync(Guid buildId, Guid? token, bool force)
    {
        if (await db.LockBuildAsync(buildId, CancellationToken.None) is not { Status: BuildStatus.Running } build || build.LeaseToken != token || (!force && build.LeaseExpiresAt > clock.Now))
            return null;
        if (build.CancelRequestedAt is not null)
        {
            await end.EndAsync(build, BuildStatus.Cancelled, null, CancellationToken.None);
            return build;
        }

        var step = await db.BuildSteps.AsNoTracking().Where(row => row.BuildId == buildId && row.Status == BuildStepStatus.Running).OrderBy(row => row.Order).FirstOrDefaultAsync();
        await end.EndAsync(build, BuildStatus.Failed, new BuildFailure(BuildFailureCode.ExecutorLost, "The platform that ran the build is gone", step?.Id, step?.Name), CancellationToken.None);
        if (build.Config.RetryOnExecutorLost && !await WasLostBeforeAsync(build))
            await retry.RetryLostAsync(build, CancellationToken.None);
        return build;
    }

    // A build that takes its host down with it would otherwise go on so for ever.
    private async Task<bool> WasLostBeforeAsync(Build build) => build.RetryOf is { } former
        && await db.Builds.AnyAsync(row => row.Id == former && row.FailureCode == BuildFailureCode.ExecutorLost);
}
