using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Builds;

/// <summary>Adds steps to builds and changes them. The build's row is locked, so that the platform does not begin a step that is being changed.</summary>
public sealed class ReportSteps(PlatformDbContext db, BuildClock clock)
{
    private static readonly Error CommandRequired = Error.Invalid(Problem.Body("command", "A step that the platform runs needs a command", "missing"));

    private static readonly Error TooEarly = Error.Invalid(Problem.Body("finishedAt", "The end should not be before the start", "value_error"));

    public Task<Result<BuildStep>> AddAsync(Guid buildId, NewBuildStep wanted, CancellationToken ct) => db.InTransactionAsync(() => AddLockedAsync(buildId, wanted, ct), ct);

    public Task<Result<BuildStep>> ChangeAsync(BuildStep step, BuildStepReport report, CancellationToken ct) => db.InTransactionAsync(() => ChangeLockedAsync(step, report, ct), ct);

    private async Task<Result<BuildStep>> AddLockedAsync(Guid buildId, NewBuildStep wanted, CancellationToken ct)
    {
        if (await db.LockBuildAsync(buildId, ct) is not { } build)
            return BuildErrors.NotFound;
        if (build.Executor == BuildExecutor.Platform && wanted.Command is null)
            return CommandRequired;
        if (build.Status.IsOver())
            return BuildErrors.Finished;
        if (build is { Executor: BuildExecutor.Platform, Phase: BuildPhase.Artifacts or BuildPhase.Done })
            return BuildErrors.Finishing;
        var others = await db.BuildSteps.Where(step => step.BuildId == buildId).OrderBy(step => step.Order).ThenBy(step => step.Id).ToListAsync(ct);
        if (others.Count >= BuildStepOrder.MostSteps)
            return BuildErrors.TooManySteps(BuildStepOrder.MostSteps);
        var order = Place(build, others, wanted.Order);
        if (build is { Executor: BuildExecutor.Platform, Phase: BuildPhase.Queued or BuildPhase.Fetch } && wanted.Order is null)
            order = Math.Max(order, LastOfUsers); // what is found out from the files comes before it
        foreach (var later in others.Where(step => step.Order >= order))
            later.Order++;
        var step = New(build, wanted, order);
        db.Add(step);
        build.UpdatedAt = clock.Now;
        await db.SaveChangesAsync(ct);
        return step;
    }

    private const int LastOfUsers = 900;

    // Behind the last one already begun; the platform goes on from there.
    private static int Place(Build build, List<BuildStep> others, int? wanted)
    {
        var last = others.Count == 0 ? 0 : others[^1].Order;
        var begun = build.Executor == BuildExecutor.Platform ? others.FindLast(step => step.Status != BuildStepStatus.Pending)?.Order ?? 0 : 0;
        return wanted is { } order && order <= last ? Math.Max(order, begun + 1) : wanted ?? last + 1;
    }

    private BuildStep New(Build build, NewBuildStep wanted, int order)
    {
        var now = clock.Now;
        var status = build.Executor == BuildExecutor.External ? wanted.Status : BuildStepStatus.Pending;
        var step = new BuildStep
        {
            Id = Guid.CreateVersion7(now),
            OrganizationId = build.OrganizationId,
            BuildId = build.Id,
            Order = order,
            Name = wanted.Name,
            Kind = build.Executor == BuildExecutor.External ? wanted.Kind : BuildStepKind.Custom,
            Command = wanted.Command,
            WorkingDirectory = wanted.WorkingDirectory,
            TimeoutSeconds = wanted.TimeoutSeconds,
            ContinueOnError = wanted.ContinueOnError,
            Status = BuildStepStatus.Pending,
            CreatedAt = now,
            UpdatedAt = now,
        };
        if (status is BuildStepStatus.Pending)
            return step;
        if (status is not (BuildStepStatus.Skipped or BuildStepStatus.Cancelled))
        {
            step.StartedAt = wanted.StartedAt ?? now;
            step.Start(now);
        }

        if (status.IsOver())
            step.End(status, now);
        return step;
    }

    private async Task<Result<BuildStep>> ChangeLockedAsync(BuildStep known, BuildStepReport report, CancellationToken ct)
    {
        if (await db.LockBuildAsync(known.BuildId, ct) is not { } build)
            return BuildErrors.NotFound;
        var step = await db.BuildSteps.SingleAsync(row => row.Id == known.Id, ct);
        var refusal = build.Executor == BuildExecutor.External ? Move(step, report) : Rearrange(build, step, report);
        if (refusal is not null)
            return refusal;
        step.Name = report.Name ?? step.Name;
        step.Command = report.Command ?? step.Command;
        step.TimeoutSeconds = report.TimeoutSeconds ?? step.TimeoutSeconds;
        step.Error = report.Error ?? step.Error;
        step.ExitCode = report.ExitCode ?? step.ExitCode;
        step.UpdatedAt = clock.Now;
        await db.SaveChangesAsync(ct);
        return step;
    }

    private Error? Move(BuildStep step, BuildStepReport report)
    {
        var now = clock.Now;
        if (report.Status is { } status && status != step.Status)
        {
            if (!BuildTransitions.After(step.Status).Contains(status))
                return BuildErrors.InvalidTransition(step.Status, status);
            if (status == BuildStepStatus.Running)
                step.StartedAt = report.StartedAt ?? now;
            else
                step.FinishedAt = report.FinishedAt ?? now;
            step.Status = status;
        }

        step.StartedAt = report.StartedAt ?? step.StartedAt;
        step.FinishedAt = report.FinishedAt ?? step.FinishedAt;
        if (step.FinishedAt < step.StartedAt)
            return TooEarly;
        if (step is { StartedAt: { } start, FinishedAt: { } end })
            step.DurationMs = Build.Milliseconds(start, end);
        return null;
    }

    private Error? Rearrange(Build build, BuildStep step, BuildStepReport report)
    {
        if (build.Status.IsOver() || step.Status != BuildStepStatus.Pending || report.Status is not (null or BuildStepStatus.Skipped))
            return BuildErrors.StepStarted;
        if (report.Status == BuildStepStatus.Skipped)
            step.End(BuildStepStatus.Skipped, clock.Now);
        return null;
    }
}
