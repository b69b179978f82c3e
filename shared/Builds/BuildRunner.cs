namespace Platform.Builds;

/// <summary>How a build's work ended.</summary>
internal sealed record BuildOutcome(BuildStatus Status, BuildFailure? Failure);

/// <summary>Does the work of a build: fetch, plan, steps, artifacts (delivery §2.3).</summary>
public sealed class BuildRunner(FetchSource fetch, BuildPlanner planner, StepRunner steps, DependencyCache cache, BuildHookSteps hooks, CollectArtifacts artifacts, BuildProgress progress)
{
    private static readonly TimeSpan LongestCollection = TimeSpan.FromMinutes(5);

    internal async Task<BuildOutcome> RunAsync(BuildWork work, TimeProvider clock)
    {
        var failure = await FetchAsync(work, clock);
        if (failure is null && work.End == WorkEnd.None)
        {
            await PlanAsync(work, clock);
            failure = await RunStepsAsync(work, clock);
        }

        if (work.End is not (WorkEnd.Lost or WorkEnd.Cancelled) && work.Files.Count > 0)
            failure = await CollectAsync(work, clock) is { } limit ? failure ?? limit : failure;
        return Outcome(work, failure);
    }

    private static BuildOutcome Outcome(BuildWork work, BuildFailure? failure) => work.End switch
    {
        WorkEnd.Lost => new BuildOutcome(BuildStatus.Failed, new BuildFailure(BuildFailureCode.ExecutorLost, "The platform that ran the build is gone")),
        WorkEnd.Cancelled => new BuildOutcome(BuildStatus.Cancelled, null),
        WorkEnd.TimedOut when failure is null or { Code: BuildFailureCode.BuildTimeout } =>
            new BuildOutcome(BuildStatus.TimedOut, failure ?? new BuildFailure(BuildFailureCode.BuildTimeout, "The build ran out of time")),
        _ => failure is null ? new BuildOutcome(BuildStatus.Succeeded, null) : new BuildOutcome(BuildStatus.Failed, failure),
    };

    private async Task<BuildFailure?> FetchAsync(BuildWork work, TimeProvider clock)
    {
        var step = BuildProgress.NewStep(work.Build, BuildStepOrder.Fetch, "fetch", BuildStepKind.Fetch, null, clock.GetUtcNow());
        step.Start(clock.GetUtcNow());
        await progress.AddStepAsync(work.Build, step);
        var outcome = await fetch.FetchAsync(work, step.Id, clock);
        var failure = outcome.Failure is { } why ? why with { StepId = step.Id, StepName = step.Name } : null;
        step.Status = work.End switch
        {
            WorkEnd.Cancelled => BuildStepStatus.Cancelled,
            WorkEnd.TimedOut => BuildStepStatus.TimedOut,
            _ => failure is null ? BuildStepStatus.Succeeded : outcome.TimedOut ? BuildStepStatus.TimedOut : BuildStepStatus.Failed,
        };
        step.Error = failure?.Message;
        await progress.EndStepAsync(work.Build, step);
        if (failure is not null || work.End != WorkEnd.None)
            return work.End == WorkEnd.TimedOut ? null : failure;
        await NoteSourceAsync(work, outcome);
        return null;
    }

    private async Task NoteSourceAsync(BuildWork work, FetchOutcome outcome)
    {
        await progress.ChangeAsync(work.Build, build =>
        {
            build.CommitSha = outcome.CommitSha ?? build.CommitSha;
            build.CommitMessage ??= outcome.CommitMessage;
            build.CommitAuthor ??= outcome.CommitAuthor;
            build.SourceBytes = work.Files.Sum(file => file.Bytes);
            build.SourceFiles = work.Files.Count;
        });
        work.Build.CommitSha = outcome.CommitSha ?? work.Build.CommitSha;
        work.Variables = work.Variables with { Values = new Dictionary<string, string>(work.Variables.Values) { ["PLATFORM_COMMIT"] = work.Build.CommitSha ?? "" } };
    }

    private async Task PlanAsync(BuildWork work, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        foreach (var (hook, index) in work.Build.Config.Hooks.Where(hook => hook.Phase == BuildHookPhase.PreBuild).Select((hook, index) => (hook, index)))
            await progress.AddStepAsync(work.Build, BuildHookSteps.StepOf(work.Build, hook, BuildStepOrder.OfPreHook(index), now));
        if (work.Build.HasPlan)
            return;
        var (plan, detected) = await planner.PlanAsync(work);
        foreach (var (planned, index) in plan.Select((planned, index) => (planned, index)))
        {
            var step = BuildProgress.NewStep(work.Build, BuildStepOrder.OfPlan(index), planned.Name, planned.Kind, planned.Command is { Length: > 0 } command ? command : null, now);
            if (step.Command is null)
                step.End(BuildStepStatus.Skipped, now);
            await progress.AddStepAsync(work.Build, step);
        }

        await progress.ChangeAsync(work.Build, build => build.Detected = detected);
    }

    private async Task<BuildFailure?> RunStepsAsync(BuildWork work, TimeProvider clock)
    {
        Func<int, IReadOnlyList<BuildStep>>? last = order => [.. work.Build.Config.Hooks.Where(hook => hook.Phase == BuildHookPhase.PostBuild)
            .Select((hook, index) => BuildHookSteps.StepOf(work.Build, hook, order + index, clock.GetUtcNow()))];
        while (work.End == WorkEnd.None)
        {
            var posted = false;
            var step = await progress.NextStepAsync(work.Build, last is null ? null : order =>
            {
                posted = true;
                return last(order);
            });
            if (posted)
                last = null;
            if (step is null)
                return null;
            var failure = await RunStepAsync(work, step);
            await progress.EndStepAsync(work.Build, step);
            if (failure is not null && (!step.ContinueOnError || work.End != WorkEnd.None))
                return failure;
        }

        return null;
    }

    private async Task<BuildFailure?> RunStepAsync(BuildWork work, BuildStep step)
    {
        if (step.HookName is not null)
            return await hooks.RunAsync(work, step);
        if (step.Kind != BuildStepKind.Install)
            return await steps.RunAsync(work, step);
        var key = await cache.KeyAsync(work);
        var restored = key is null ? null : await cache.RestoreAsync(work, key);
        var failure = await steps.RunAsync(work, step);
        var saved = key is not null && failure is null ? await cache.SaveAsync(work, key) : null;
        if (key is not null)
            await progress.ChangeAsync(work.Build, build => (build.CacheHit, build.CacheRestoredBytes, build.CacheSavedBytes) = (restored is not null, restored, saved));
        return failure;
    }

    private async Task<BuildFailure?> CollectAsync(BuildWork work, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        var step = BuildProgress.NewStep(work.Build, await progress.LastOrderAsync(work.Build) + 1, "artifacts", BuildStepKind.Artifacts, null, now);
        step.Start(now);
        await progress.AddStepAsync(work.Build, step);
        await progress.ChangeAsync(work.Build, build => build.Phase = BuildPhase.Artifacts);
        using var limit = new CancellationTokenSource(LongestCollection, clock);
        var failure = await artifacts.CollectAsync(work, step, limit.Token);
        (step.Status, step.Error) = (failure is null ? BuildStepStatus.Succeeded : BuildStepStatus.Failed, failure?.Message);
        await progress.EndStepAsync(work.Build, step);
        return failure;
    }
}
