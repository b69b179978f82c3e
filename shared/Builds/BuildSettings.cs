namespace Platform.Builds;

public enum BuildNetwork
{
    None,

    /// <summary>Public addresses, through the platform's guard.</summary>
    Egress,
}

public enum BuildHookPhase
{
    PreBuild,
    PostBuild,
    OnSuccess,
    OnFailure,
}

public enum BuildHookType
{
    Command,
    Http,
}

/// <summary>Something that a project wants done around its builds.</summary>
public sealed record BuildHook(string Name, BuildHookPhase Phase, BuildHookType Type)
{
    public string? Command { get; init; }

    public string? Url { get; init; }

    /// <summary>Names of its request headers; their values are sealed elsewhere.</summary>
    public IReadOnlyList<string> HeaderNames { get; init; } = [];

    public int TimeoutSeconds { get; init; } = 60;

    /// <summary>Null: the build goes on, but for <c>pre_build</c>.</summary>
    public bool? ContinueOnError { get; init; }

    internal bool MayFail => ContinueOnError ?? Phase != BuildHookPhase.PreBuild;
}

/// <summary>How a project's builds are done (delivery §11.3), and the snapshot of it that each build keeps. The initial values are the defaults.</summary>
public sealed record BuildSettings
{
    public string? RepositoryUrl { get; init; }

    public string ProductionBranch { get; init; } = "main";

    public string RootDirectory { get; init; } = ".";

    /// <summary>Null: found out from the files; empty: none.</summary>
    public string? InstallCommand { get; init; }

    /// <inheritdoc cref="InstallCommand"/>
    public string? BuildCommand { get; init; }

    /// <inheritdoc cref="InstallCommand"/>
    public string? TestCommand { get; init; }

    /// <summary>Null: <c>dist</c>, <c>build</c>, <c>out</c> or <c>public</c>, if the build made it.</summary>
    public string? OutputDirectory { get; init; }

    public IReadOnlyList<string> ArtifactPaths { get; init; } = [];

    public string? NodeVersion { get; init; }

    public string? PythonVersion { get; init; }

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public int TimeoutSeconds { get; init; } = 1800;

    public int? StepTimeoutSeconds { get; init; }

    public int MaxConcurrentBuilds { get; init; } = 2;

    public bool AutoCancelPrevious { get; init; }

    public bool RetryOnExecutorLost { get; init; } = true;

    public bool CacheEnabled { get; init; } = true;

    public IReadOnlyList<string> CachePaths { get; init; } = [];

    /// <summary>Globs of branches that are built; empty: all.</summary>
    public IReadOnlyList<string> BranchFilter { get; init; } = [];

    /// <summary>Globs of files that are left out of a workspace's snapshot.</summary>
    public IReadOnlyList<string> IgnorePaths { get; init; } = [];

    public BuildNetwork Network { get; init; } = BuildNetwork.Egress;

    public int MemoryMb { get; init; } = 2048;

    public double Cpus { get; init; } = 2;

    public int ArtifactRetentionDays { get; init; } = 30;

    public IReadOnlyList<BuildHook> Hooks { get; init; } = [];
}

/// <summary>The commands that were found out from a build's files; null where there was nothing.</summary>
public sealed record DetectedCommands(string? InstallCommand, string? BuildCommand, string? TestCommand);
