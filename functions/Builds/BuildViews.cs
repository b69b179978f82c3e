using System.Diagnostics.CodeAnalysis;
using Platform.Builds;

namespace Platform.Functions.Builds;

/// <summary>What set a build off.</summary>
public sealed record BuildTriggerView(BuildTrigger Type, Guid? ActorId, string? ActorName);

/// <summary>Where a build's files come from; credentials are never shown.</summary>
public sealed record BuildSourceView(
    BuildSourceType Type, string? Url, string? Ref, string? CommitSha, int? Depth, bool? Submodules, string? Username, string? Digest, long? SizeBytes)
{
    public static BuildSourceView Of(BuildSource source) =>
        new(source.Type, source.Url, source.Ref, source.CommitSha, source.Depth, source.Submodules, source.Username, source.Digest, source.SizeBytes);
}

/// <summary>A hook of the configuration; values of headers are masked.</summary>
public sealed record BuildHookView(
    string Name, BuildHookPhase Phase, BuildHookType Type, string? Command, string? Url, IReadOnlyDictionary<string, string> Headers, int TimeoutSeconds, bool ContinueOnError)
{
    public static BuildHookView Of(BuildHook hook) => new(
        hook.Name, hook.Phase, hook.Type, hook.Command, hook.Url, hook.HeaderNames.ToDictionary(name => name, _ => Masked.Value), hook.TimeoutSeconds, hook.ContinueOnError ?? hook.Phase != BuildHookPhase.PreBuild);
}

/// <summary>How builds are done.</summary>
public record BuildSettingsView
{
    [SetsRequiredMembers]
    public BuildSettingsView(BuildSettings settings)
    {
        RepositoryUrl = settings.RepositoryUrl;
        ProductionBranch = settings.ProductionBranch;
        RootDirectory = settings.RootDirectory;
        InstallCommand = settings.InstallCommand;
        BuildCommand = settings.BuildCommand;
        TestCommand = settings.TestCommand;
        OutputDirectory = settings.OutputDirectory;
        ArtifactPaths = settings.ArtifactPaths;
        NodeVersion = settings.NodeVersion;
        PythonVersion = settings.PythonVersion;
        Environment = settings.Environment;
        TimeoutSeconds = settings.TimeoutSeconds;
        StepTimeoutSeconds = settings.StepTimeoutSeconds;
        MaxConcurrentBuilds = settings.MaxConcurrentBuilds;
        AutoCancelPrevious = settings.AutoCancelPrevious;
        RetryOnExecutorLost = settings.RetryOnExecutorLost;
        CacheEnabled = settings.CacheEnabled;
        CachePaths = settings.CachePaths;
        BranchFilter = settings.BranchFilter;
        IgnorePaths = settings.IgnorePaths;
        Network = settings.Network;
        MemoryMb = settings.MemoryMb;
        Cpus = settings.Cpus;
        ArtifactRetentionDays = settings.ArtifactRetentionDays;
        Hooks = [.. settings.Hooks.Select(BuildHookView.Of)];
    }

    public required string? RepositoryUrl { get; init; }

    public required string ProductionBranch { get; init; }

    public required string RootDirectory { get; init; }

    public required string? InstallCommand { get; init; }

    public required string? BuildCommand { get; init; }

    public required string? TestCommand { get; init; }

    public required string? OutputDirectory { get; init; }

    public required IReadOnlyList<string> ArtifactPaths { get; init; }

    public required string? NodeVersion { get; init; }

    public required string? PythonVersion { get; init; }

    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    public required int TimeoutSeconds { get; init; }

    public required int? StepTimeoutSeconds { get; init; }

    public required int MaxConcurrentBuilds { get; init; }

    public required bool AutoCancelPrevious { get; init; }

    public required bool RetryOnExecutorLost { get; init; }

    public required bool CacheEnabled { get; init; }

    public required IReadOnlyList<string> CachePaths { get; init; }

    public required IReadOnlyList<string> BranchFilter { get; init; }

    public required IReadOnlyList<string> IgnorePaths { get; init; }

    public required BuildNetwork Network { get; init; }

    public required int MemoryMb { get; init; }

    public required double Cpus { get; init; }

    public required int ArtifactRetentionDays { get; init; }

    public required IReadOnlyList<BuildHookView> Hooks { get; init; }
}
