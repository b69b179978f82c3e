using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;

namespace Platform.Builds;

/// <summary>Notes what happens to a build that runs here: each note a unit of work of its own under the lock of the build's row.</summary>
public sealed class BuildProgress(IServiceScopeFactory scopes, BuildLogSignal signal)
{
    /// <summary>Changes the build, if this run still has it.</summary>
    internal Task<bool> ChangeAsync(Build build, Action<Build> change) => InLockAsync(build, (locked, _, _) =>
    {
        change(locked);
        return Task.FromResult(true);
    });

    /// <summary>Adds a step.</summary>
    internal async Task<BuildStep> AddStepAsync(Build build, BuildStep step)
    {
        await InLockAsync(build, (_, db, _) =>
        {
            db.Add(step);
            return Task.FromResult(true);
        });
        return step;
    }

    /// <summary>The next step that waits, begun; null: there is none, and from then on none can be added.</summary>
    /// <param name="last">Makes the steps that come when nothing else is left; null once they are there.</param>
    internal async Task<BuildStep?> NextStepAsync(Build build, Func<int, IReadOnlyList<BuildStep>>? last)
    {
        BuildStep? next = null;
        await InLockAsync(build, async (locked, db, now) =>
        {
            next = await db.BuildSteps.Where(step => step.BuildId == build.Id && step.Status == BuildStepStatus.Pending).OrderBy(step => step.Order).ThenBy(step => step.Id).FirstOrDefaultAsync();
            if (next is null && last is not null)
            {
                var order = await db.BuildSteps.Where(step => step.BuildId == build.Id).MaxAsync(step => (int?)step.Order) ?? 0;
                var more = last(order + 1);
                db.AddRange(more);
                next = more.Count == 0 ? null : more[0];
            }

            if (next is null)
            {
                locked.Phase = BuildPhase.Artifacts;
                return true;
            }

            next.Start(now);
            locked.Phase = PhaseOf(next.Kind);
            return true;
        });
        return next;
    }

    /// <summary>Stores what a step has become.</summary>
    internal Task<bool> EndStepAsync(Build build, BuildStep ended) => InLockAsync(build, async (_, db, now) =>
    {
        var step = await db.BuildSteps.SingleAsync(row => row.Id == ended.Id);
        step.ExitCode = ended.ExitCode;
        step.CpuMs = ended.CpuMs;
        step.MaxRssMb = ended.MaxRssMb;
        step.Error = ended.Error;
        step.End(ended.Status, now);
        return true;
    });

    /// <summary>The greatest place that a step has.</summary>
    internal async Task<int> LastOrderAsync(Build build)
    {
        await using var scope = scopes.CreateScopeFor(Caller.System(build.OrganizationId), null);
        return await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().BuildSteps.Where(step => step.BuildId == build.Id).MaxAsync(step => (int?)step.Order) ?? 0;
    }

    internal static BuildStep NewStep(Build build, int order, string name, BuildStepKind kind, string? command, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        OrganizationId = build.OrganizationId,
        BuildId = build.Id,
        Order = order,
        Name = name,
        Kind = kind,
        Command = command,
        Status = BuildStepStatus.Pending,
        CreatedAt = now,
        UpdatedAt = now,
    };

    internal async Task<bool> InLockAsync(Build build, Func<Build, PlatformDbContext, DateTimeOffset, Task<bool>> change)
    {
        await using var scope = scopes.CreateScopeFor(Caller.System(build.OrganizationId), null);
        var (db, clock) = (scope.ServiceProvider.GetRequiredService<PlatformDbContext>(), scope.ServiceProvider.GetRequiredService<BuildClock>());
        var changed = await db.InTransactionAsync(
            async () =>
            {
                // Another run may have ended the build in the meantime, because this one was not heard of.
                if (await db.LockBuildAsync(build.Id, CancellationToken.None) is not { Status: BuildStatus.Running } locked || locked.LeaseToken != build.LeaseToken)
                    return false;
                var result = await change(locked, db, clock.Now);
                locked.UpdatedAt = clock.Now;
                locked.Version++;
                await db.SaveChangesAsync();
                return result;
            },
            CancellationToken.None);
        signal.Set(build.Id);
        return changed;
    }

    private static BuildPhase PhaseOf(BuildStepKind kind) => kind switch
    {
        BuildStepKind.Fetch => BuildPhase.Fetch,
        BuildStepKind.Install => BuildPhase.Install,
        BuildStepKind.Test => BuildPhase.Test,
        BuildStepKind.Hook => BuildPhase.Hooks,
        BuildStepKind.Artifacts => BuildPhase.Artifacts,
        _ => BuildPhase.Build,
    };
}
