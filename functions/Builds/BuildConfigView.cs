using Platform.Builds;

namespace Platform.Functions.Builds;

/// <summary>A project's build configuration with its version.</summary>
public sealed record BuildConfigView
{
    private const string Masked = "********";

    public required Guid ProjectId { get; init; }

    /// <summary>The settings that hold.</summary>
    public required string? RepositoryUrl { get; init; }

    /// <summary>Masked.</summary>
    public required string? RepositoryToken { get; init; }

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

    /// <summary>Signs the requests of HTTP hooks; shown once, when it is made.</summary>
    public required string? HookSecret { get; init; }

    /// <summary>0 until somebody changes something.</summary>
    public required long Version { get; init; }

    public required DateTimeOffset? UpdatedAt { get; init; }

    public required Guid? UpdatedBy { get; init; }

    /// <summary>What holds where nothing is set.</summary>
    public required BuildSettingsView Defaults { get; init; }

    /// <summary>The commands that the last build found out from its files.</summary>
    public required DetectedCommands? Detected { get; init; }

    public static BuildConfigView Of(Guid projectId, BuildConfig? config, DetectedCommands? detected, string? newSecret = null)
    {
        var settings = BuildSettingsView.Of(config?.Settings ?? new BuildSettings());
        return new BuildConfigView
        {
            ProjectId = projectId,
            RepositoryUrl = settings.RepositoryUrl,
            RepositoryToken = config?.RepositoryToken is null ? null : Masked,
            ProductionBranch = settings.ProductionBranch,
            RootDirectory = settings.RootDirectory,
            InstallCommand = settings.InstallCommand,
            BuildCommand = settings.BuildCommand,
            TestCommand = settings.TestCommand,
            OutputDirectory = settings.OutputDirectory,
            ArtifactPaths = settings.ArtifactPaths,
            NodeVersion = settings.NodeVersion,
            PythonVersion = settings.PythonVersion,
            Environment = settings.Environment,
            TimeoutSeconds = settings.TimeoutSeconds,
            StepTimeoutSeconds = settings.StepTimeoutSeconds,
            MaxConcurrentBuilds = settings.MaxConcurrentBuilds,
            AutoCancelPrevious = settings.AutoCancelPrevious,
            RetryOnExecutorLost = settings.RetryOnExecutorLost,
            CacheEnabled = settings.CacheEnabled,
            CachePaths = settings.CachePaths,
            BranchFilter = settings.BranchFilter,
            IgnorePaths = settings.IgnorePaths,
            Network = settings.Network,
            MemoryMb = settings.MemoryMb,
            Cpus = settings.Cpus,
            ArtifactRetentionDays = settings.ArtifactRetentionDays,
            Hooks = settings.Hooks,
            HookSecret = newSecret,
            Version = config?.Version ?? 0,
            UpdatedAt = config?.UpdatedAt,
            UpdatedBy = config?.UpdatedBy,
            Defaults = BuildSettingsView.Of(new BuildSettings()),
            Detected = detected,
        };
    }
}
