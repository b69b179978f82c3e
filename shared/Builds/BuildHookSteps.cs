using Microsoft.EntityFrameworkCore;

namespace Platform.Builds;

/// <summary>Hooks that a build comes to by itself: before and behind its plan as steps, and at its end.</summary>
public sealed class BuildHookSteps(HookRunner runner, BuildProgress progress)
{
    internal static BuildStep StepOf(Build build, BuildHook hook, int order, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        OrganizationId = build.OrganizationId,
        BuildId = build.Id,
        Order = order,
        Name = hook.Name,
        Kind = BuildStepKind.Hook,
        Command = hook.Command,
        TimeoutSeconds = hook.TimeoutSeconds,
        ContinueOnError = hook.MayFail,
        HookName = hook.Name,
        Status = BuildStepStatus.Pending,
        CreatedAt = now,
        UpdatedAt = now,
    };

    /// <summary>Runs the hook of a step; its failure, should it be one that may not fail.</summary>
    internal async Task<BuildFailure?> RunAsync(BuildWork work, BuildStep step)
    {
        var hook = work.Build.Config.Hooks.First(hook => hook.Name == step.HookName);
        var result = hook.Type == BuildHookType.Http
            ? await runner.CallAsync(work.Build, hook, null, work.Stop)
            : await runner.RunCommandAsync(work.Build, work.Workspace, work.Variables, hook, work.Log.For(step.Id), TimeSpan.FromSeconds(hook.TimeoutSeconds), work.Stop);
        step.ExitCode = result.ExitCode;
        step.Status = (result.Status, work.End) switch
        {
            (BuildHookStatus.Succeeded, _) => BuildStepStatus.Succeeded,
            (_, WorkEnd.Cancelled) => BuildStepStatus.Cancelled,
            (BuildHookStatus.TimedOut, _) or (_, WorkEnd.TimedOut) => BuildStepStatus.TimedOut,
            _ => BuildStepStatus.Failed,
        };
        await AddResultAsync(work.Build, result);
        if (result.Status == BuildHookStatus.Succeeded)
            return null;
        step.Error = $"The hook '{hook.Name}' failed";
        return work.End == WorkEnd.TimedOut ? null : new BuildFailure(BuildFailureCode.HookFailed, step.Error, step.Id, step.Name, step.ExitCode);
    }

    private Task<bool> AddResultAsync(Build build, BuildHookResult result) => progress.InLockAsync(build, async (_, db, now) =>
    {
        var number = await db.BuildHookRuns.Where(run => run.BuildId == build.Id).MaxAsync(run => (int?)run.Number) ?? 0;
        db.Add(Own(build, number + 1, [result], now));
        return true;
    });

    /// <summary>A run of hooks that nobody has asked for.</summary>
    internal static BuildHookRun Own(Build build, int number, IReadOnlyList<BuildHookResult> results, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        OrganizationId = build.OrganizationId,
        BuildId = build.Id,
        Number = number,
        Requested = false,
        Status = BuildHookRunStatus.Completed,
        Names = [.. results.Select(result => result.Name)],
        Results = results,
        CreatedAt = now,
        FinishedAt = now,
    };
}
