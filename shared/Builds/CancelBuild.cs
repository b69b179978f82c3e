using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Workflows;

namespace Platform.Builds;

/// <summary>Ends builds before their time. The wish is a state of the row, which the runner looks at each second; a run in this process is stopped at once.</summary>
public sealed class CancelBuild(PlatformDbContext db, EndBuild end, BuildSlots slots, RunningBuilds running, IWorkflows workflows, BuildClock clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Asks for the end and waits up to 5 s for it.</summary>
    public async Task<Result<Build>> CancelAsync(Guid id, string? reason, CancellationToken ct)
    {
        var requested = await RequestAsync(id, reason, ct);
        return requested.IsOk ? await WaitAsync(requested.Value, ct) : requested.Error;
    }

    /// <summary>Asks for the end. What nobody has taken up here ends at once.</summary>
    internal async Task<Result<Build>> RequestAsync(Guid id, string? reason, CancellationToken ct)
    {
        var asked = await db.InTransactionAsync(() => RequestLockedAsync(id, reason, ct), ct);
        if (!asked.IsOk)
            return asked;
        running.Cancel(id);
        if (asked.Value.Executor == BuildExecutor.Platform && asked.Value.Status.IsOver())
            await slots.GrantAsync(asked.Value.OrganizationId, ct);
        return asked;
    }

    private async Task<Result<Build>> RequestLockedAsync(Guid id, string? reason, CancellationToken ct)
    {
        if (await db.LockBuildAsync(id, ct) is not { } build)
            return BuildErrors.NotFound;
        if (build.Status == BuildStatus.Cancelled || build is { Status: BuildStatus.Running, CancelRequestedAt: not null })
            return build;
        if (build.Status.IsOver())
            return BuildErrors.Finished;
        build.CancelRequestedAt = clock.Now;
        build.CancelledBy = db.Caller.UserId;
        build.CancelReason = reason is { Length: > 0 } ? reason : null;
        build.UpdatedAt = clock.Now;
        if (build.LeaseToken is null)
            await end.EndAsync(build, BuildStatus.Cancelled, null, ct);
        else
            build.Version++;
        if (build.Executor == BuildExecutor.Platform)
            workflows.Signal(BuildRun.InstanceId(build.Id), BuildRun.Changed);
        await db.SaveChangesAsync(ct);
        return build;
    }

    private async Task<Result<Build>> WaitAsync(Build build, CancellationToken ct)
    {
        var began = clock.Time.GetTimestamp();
        while (!build.Status.IsOver() && clock.Time.GetElapsedTime(began) < Patience)
        {
            await Task.Delay(Pause, clock.Time, ct);
            if (await db.Builds.AsNoTracking().Include(row => row.Labels).SingleOrDefaultAsync(row => row.Id == build.Id, ct) is not { } now)
                return BuildErrors.NotFound;
            build = now;
        }

        return build;
    }
}
