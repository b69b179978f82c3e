using System.Diagnostics.CodeAnalysis;
using Platform.Builds;

namespace Platform.Functions.Builds;

/// <summary>What lists and details tell of a build.</summary>
public abstract record BuildFactsView
{
    [SetsRequiredMembers]
    protected BuildFactsView(Build build)
    {
        Id = build.Id;
        Number = build.Number;
        ProjectId = build.ProjectId;
        OrganizationId = build.OrganizationId;
        Executor = build.Executor;
        Status = build.Status;
        Phase = build.Phase;
        Source = BuildSourceView.Of(build.Source);
        Branch = build.Branch;
        CommitSha = build.CommitSha;
        CommitMessage = build.CommitMessage;
        CommitAuthor = build.CommitAuthor;
        Environment = build.Environment;
        Trigger = new BuildTriggerView(build.Trigger, build.TriggeredBy, build.TriggeredByName);
        Attempt = build.Attempt;
        RetryOf = build.RetryOf;
        RootBuildId = build.RootBuildId;
        RetriedBy = build.RetriedBy;
        Labels = build.Labels.OrderBy(label => label.Key, StringComparer.Ordinal).ToDictionary(label => label.Key, label => label.Value);
        QueuedAt = build.QueuedAt;
        StartedAt = build.StartedAt;
        FinishedAt = build.FinishedAt;
        CancelRequestedAt = build.CancelRequestedAt;
        CancelledBy = build.CancelledBy;
        QueueMs = build.QueueMs;
        DurationMs = build.DurationMs;
        Failure = build.Failure;
        CreatedAt = build.CreatedAt;
        UpdatedAt = build.UpdatedAt;
        CreatedBy = build.CreatedBy;
    }

    public required Guid Id { get; init; }

    public required int Number { get; init; }

    public required Guid ProjectId { get; init; }

    public required Guid OrganizationId { get; init; }

    public required BuildExecutor Executor { get; init; }

    public required BuildStatus Status { get; init; }

    public required BuildPhase Phase { get; init; }

    public required BuildSourceView Source { get; init; }

    public required string? Branch { get; init; }

    public required string? CommitSha { get; init; }

    public required string? CommitMessage { get; init; }

    public required string? CommitAuthor { get; init; }

    public required BuildEnvironment Environment { get; init; }

    public required BuildTriggerView Trigger { get; init; }

    public required int Attempt { get; init; }

    public required Guid? RetryOf { get; init; }

    public required Guid RootBuildId { get; init; }

    public required Guid? RetriedBy { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    public required DateTimeOffset QueuedAt { get; init; }

    public required DateTimeOffset? StartedAt { get; init; }

    public required DateTimeOffset? FinishedAt { get; init; }

    public required DateTimeOffset? CancelRequestedAt { get; init; }

    public required Guid? CancelledBy { get; init; }

    public required long? QueueMs { get; init; }

    public required long? DurationMs { get; init; }

    public required BuildFailure? Failure { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public required Guid? CreatedBy { get; init; }
}

/// <summary>A build of a list.</summary>
public sealed record BuildListView : BuildFactsView
{
    [SetsRequiredMembers]
    public BuildListView(BuildRow row)
        : base(row.Build) => (StepCount, ArtifactCount) = (row.StepCount, row.ArtifactCount);

    public required int StepCount { get; init; }

    public required int ArtifactCount { get; init; }
}

/// <summary>A build with its steps, hooks, artifacts and the configuration that it is done by.</summary>
public sealed record BuildView : BuildFactsView
{
    [SetsRequiredMembers]
    public BuildView(BuildDetail detail)
        : base(detail.Build)
    {
        Config = new BuildSettingsView(detail.Build.Config);
        Steps = [.. detail.Steps.Select(BuildStepView.Of)];
        Hooks = [.. detail.HookRuns.SelectMany(BuildHookResultView.Of)];
        Artifacts = [.. detail.Artifacts.Select(BuildArtifactView.Of)];
        Detected = detail.Build.Detected;
    }

    public required BuildSettingsView Config { get; init; }

    public required IReadOnlyList<BuildStepView> Steps { get; init; }

    public required IReadOnlyList<BuildHookResultView> Hooks { get; init; }

    public required IReadOnlyList<BuildArtifactView> Artifacts { get; init; }

    /// <summary>Commands that were found out from the files.</summary>
    public required DetectedCommands? Detected { get; init; }
}
