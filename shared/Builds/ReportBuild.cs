using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Builds;

/// <summary>Takes what an external executor reports of a build's state.</summary>
public sealed class ReportBuild(PlatformDbContext db, EndBuild end, CancelBuild cancel, BuildClock clock)
{
    /// <summary>Moves an external build; one that the platform runs can only be cancelled. The same state again changes nothing.</summary>
    public async Task<Result<Build>> ReportAsync(Build build, BuildStatusReport report, CancellationToken ct)
    {
        if (build.Executor == BuildExecutor.External)
            return await db.InTransactionAsync(() => MoveAsync(build.Id, report, ct), ct);
        return report.Status == BuildStatus.Cancelled ? await cancel.CancelAsync(build.Id, report.Message, ct) : BuildErrors.ManagedByPlatform;
    }

    private async Task<Result<Build>> MoveAsync(Guid id, BuildStatusReport report, CancellationToken ct)
    {
        if (await db.LockBuildAsync(id, ct) is not { } build)
            return BuildErrors.NotFound;
        if (build.Status == report.Status)
            return build;
        if (!BuildTransitions.After(build.Status).Contains(report.Status))
            return BuildErrors.InvalidTransition(build.Status, report.Status);
        build.CommitSha = report.CommitSha ?? build.CommitSha;
        if (report.Status == BuildStatus.Running)
        {
            build.Start(clock.Now);
            build.Version++;
            db.Raise(BuildEvent.OfState(build));
            await db.SaveChangesAsync(ct);
            return build;
        }

        if (report.Status == BuildStatus.Cancelled)
            (build.CancelRequestedAt, build.CancelledBy, build.CancelReason) = (clock.Now, db.Caller.UserId, report.Message);
        await end.EndAsync(build, report.Status, await FailureAsync(build, report, ct), ct);
        return build;
    }

    private async Task<BuildFailure?> FailureAsync(Build build, BuildStatusReport report, CancellationToken ct)
    {
        if (report.Status is BuildStatus.Succeeded or BuildStatus.Cancelled)
            return null;
        var step = await db.BuildSteps.AsNoTracking().Where(row => row.BuildId == build.Id && row.Status == BuildStepStatus.Running).OrderBy(row => row.Order).FirstOrDefaultAsync(ct)
            ?? await db.BuildSteps.AsNoTracking().Where(row => row.BuildId == build.Id && row.Status == BuildStepStatus.Failed).OrderByDescending(row => row.Order).FirstOrDefaultAsync(ct);
        var code = report.Failure?.Code ?? (report.Status == BuildStatus.TimedOut ? BuildFailureCode.BuildTimeout : BuildFailureCode.External);
        return new BuildFailure(code, report.Failure?.Message ?? report.Message ?? "The external executor reported a failure", step?.Id, step?.Name, report.ExitCode ?? step?.ExitCode);
    }
}
