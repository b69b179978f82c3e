using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Workflows;

namespace Platform.Builds;

/// <summary>
/// Notes the hooks of a build's end in the transaction that ends it, so that none is forgotten with the process that was to run them. That process holds the build's lease until
/// it is through with them; what it leaves, and the hooks of builds whose process is gone already, is the business of a workflow, which has no files to run commands in.
/// </summary>
public sealed class PlanEndHooks(PlatformDbContext db, IWorkflows workflows, BuildClock clock)
{
    /// <param name="byItsRun">The caller runs them now.</param>
    internal async Task AddAsync(Build build, bool byItsRun, CancellationToken ct)
    {
        if (build is { Executor: BuildExecutor.External } or { Status: BuildStatus.Cancelled })
            return;
        var phase = build.Status == BuildStatus.Succeeded ? BuildHookPhase.OnSuccess : BuildHookPhase.OnFailure;
        List<string> names = [.. build.Config.Hooks.Where(hook => hook.Phase == phase).Select(hook => hook.Name)];
        if (names.Count == 0)
            return;
        var number = await db.BuildHookRuns.Where(run => run.BuildId == build.Id).MaxAsync(run => (int?)run.Number, ct) ?? 0;
        var run = db.Add(new BuildHookRun
        {
            Id = Guid.CreateVersion7(clock.Now),
            OrganizationId = build.OrganizationId,
            BuildId = build.Id,
            Number = number + 1,
            Requested = false,
            Status = BuildHookRunStatus.Running,
            Names = names,
            Results = [],
            CreatedAt = clock.Now,
        }).Entity;
        if (byItsRun)
            run.ClaimedAt = clock.Now;
        else
            Start(run);
    }

    /// <summary>Gives those of dead processes to workflows, a batch of them.</summary>
    internal Task<bool> TakeOverAsync(int batch, CancellationToken ct) => db.InTransactionAsync(
        async () =>
        {
            var now = clock.Now;
            var left = await db.BuildHookRuns
                .Where(run => !run.Requested && run.Status == BuildHookRunStatus.Running && run.ClaimedAt != null)
                .Where(run => db.Builds.Any(build => build.Id == run.BuildId && build.LeaseExpiresAt < now))
                .OrderBy(run => run.Id).Take(batch).ToListAsync(ct);
            foreach (var run in left)
            {
                run.ClaimedAt = null;
                Start(run);
            }

            await db.SaveChangesAsync(ct);
            return left.Count > 0;
        },
        ct);

    private void Start(BuildHookRun run) => workflows.Start(
        BuildHooksRun.Name, BuildHooksRun.InstanceId(run.BuildId, run.Number), new BuildHooksRun.Input(run.OrganizationId, run.BuildId, run.Id, clock.CorrelationId));
}
