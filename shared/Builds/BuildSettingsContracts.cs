using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;

namespace Platform.Builds;

/// <summary>Members of a project's build configuration that are to change; null brings the default back. What a build may override stands here.</summary>
public record BuildOverrides : IValidatableObject
{
    private readonly HashSet<string> _given = new(StringComparer.Ordinal);

    /// <summary>Relative to the source's root.</summary>
    [RelativePath]
    public string? RootDirectory { get; init => field = Named(value); }

    /// <summary>Null: found out from the files; empty: none.</summary>
    [StringLength(2000)]
    public string? InstallCommand { get; init => field = Named(value); }

    /// <summary>Null: found out from the files; empty: none.</summary>
    [StringLength(2000)]
    public string? BuildCommand { get; init => field = Named(value); }

    /// <summary>Null: found out from the files; empty: none.</summary>
    [StringLength(2000)]
    public string? TestCommand { get; init => field = Named(value); }

    /// <summary>Null: <c>dist</c>, <c>build</c>, <c>out</c> or <c>public</c>, if the build made it.</summary>
    [RelativePath]
    public string? OutputDirectory { get; init => field = Named(value); }

    /// <summary>Globs of files to keep.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string>? ArtifactPaths { get; init => field = Named(value); }

    /// <summary>An installed version; null: the newest.</summary>
    [RegularExpression(@"\d+(\.\d+){0,2}")]
    public string? NodeVersion { get; init => field = Named(value); }

    /// <summary>An installed version; null: the newest.</summary>
    [RegularExpression(@"\d+(\.\d+){0,2}")]
    public string? PythonVersion { get; init => field = Named(value); }

    /// <summary>Plain variables of the steps.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init => field = Named(value); }

    /// <summary>Of a build.</summary>
    [Range(60, 7200)]
    public int? TimeoutSeconds { get; init => field = Named(value); }

    /// <summary>Of a step that says none; null: what is left of the build.</summary>
    [Range(10, 7200)]
    public int? StepTimeoutSeconds { get; init => field = Named(value); }

    [Range(1, 10)]
    public int? MaxConcurrentBuilds { get; init => field = Named(value); }

    /// <summary>A new build of a branch cancels those before it.</summary>
    public bool? AutoCancelPrevious { get; init => field = Named(value); }

    public bool? RetryOnExecutorLost { get; init => field = Named(value); }

    public bool? CacheEnabled { get; init => field = Named(value); }

    /// <summary>Further folders that are kept between builds.</summary>
    [MaxLength(10)]
    public IReadOnlyList<string>? CachePaths { get; init => field = Named(value); }

    /// <summary>Globs of the branches that are built; empty: all.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string>? BranchFilter { get; init => field = Named(value); }

    /// <summary>Globs of files that the snapshot of the workspace leaves out.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string>? IgnorePaths { get; init => field = Named(value); }

    public BuildNetwork? Network { get; init => field = Named(value); }

    [Range(256, 1_048_576)]
    public int? MemoryMb { get; init => field = Named(value); }

    [Range(0.5, 1024)]
    public double? Cpus { get; init => field = Named(value); }

    [Range(1, 365)]
    public int? ArtifactRetentionDays { get; init => field = Named(value); }

    /// <summary>Names of the members that were given.</summary>
    protected internal IReadOnlyCollection<string> Given => _given;

    public virtual IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        BuildRules.CheckVariables(Environment, nameof(Environment))
            .Concat(BuildRules.CheckGlobs(ArtifactPaths, nameof(ArtifactPaths)))
            .Concat(BuildRules.CheckGlobs(CachePaths, nameof(CachePaths)))
            .Concat(BuildRules.CheckGlobs(BranchFilter, nameof(BranchFilter)))
            .Concat(BuildRules.CheckGlobs(IgnorePaths, nameof(IgnorePaths)));

    /// <summary>The settings with what was given in the place of what they have.</summary>
    internal BuildSettings ApplyTo(BuildSettings settings)
    {
        var usual = new BuildSettings();
        return settings with
        {
            RootDirectory = Or(nameof(RootDirectory), RootDirectory ?? usual.RootDirectory, settings.RootDirectory),
            InstallCommand = Or(nameof(InstallCommand), InstallCommand, settings.InstallCommand),
            BuildCommand = Or(nameof(BuildCommand), BuildCommand, settings.BuildCommand),
            TestCommand = Or(nameof(TestCommand), TestCommand, settings.TestCommand),
            OutputDirectory = Or(nameof(OutputDirectory), OutputDirectory, settings.OutputDirectory),
            ArtifactPaths = Or(nameof(ArtifactPaths), ArtifactPaths ?? [], settings.ArtifactPaths),
            NodeVersion = Or(nameof(NodeVersion), NodeVersion, settings.NodeVersion),
            PythonVersion = Or(nameof(PythonVersion), PythonVersion, settings.PythonVersion),
            Environment = Or(nameof(Environment), Environment ?? usual.Environment, settings.Environment),
            TimeoutSeconds = Or(nameof(TimeoutSeconds), TimeoutSeconds ?? usual.TimeoutSeconds, settings.TimeoutSeconds),
            StepTimeoutSeconds = Or(nameof(StepTimeoutSeconds), StepTimeoutSeconds, settings.StepTimeoutSeconds),
            MaxConcurrentBuilds = Or(nameof(MaxConcurrentBuilds), MaxConcurrentBuilds ?? usual.MaxConcurrentBuilds, settings.MaxConcurrentBuilds),
            AutoCancelPrevious = Or(nameof(AutoCancelPrevious), AutoCancelPrevious ?? usual.AutoCancelPrevious, settings.AutoCancelPrevious),
            RetryOnExecutorLost = Or(nameof(RetryOnExecutorLost), RetryOnExecutorLost ?? usual.RetryOnExecutorLost, settings.RetryOnExecutorLost),
            CacheEnabled = Or(nameof(CacheEnabled), CacheEnabled ?? usual.CacheEnabled, settings.CacheEnabled),
            CachePaths = Or(nameof(CachePaths), CachePaths ?? [], settings.CachePaths),
            BranchFilter = Or(nameof(BranchFilter), BranchFilter ?? [], settings.BranchFilter),
            IgnorePaths = Or(nameof(IgnorePaths), IgnorePaths ?? [], settings.IgnorePaths),
            Network = Or(nameof(Network), Network ?? usual.Network, settings.Network),
            MemoryMb = Or(nameof(MemoryMb), MemoryMb ?? usual.MemoryMb, settings.MemoryMb),
            Cpus = Or(nameof(Cpus), Cpus ?? usual.Cpus, settings.Cpus),
            ArtifactRetentionDays = Or(nameof(ArtifactRetentionDays), ArtifactRetentionDays ?? usual.ArtifactRetentionDays, settings.ArtifactRetentionDays),
        };
    }

    protected internal T Or<T>(string member, T given, T otherwise) => _given.Contains(member) ? given : otherwise;

    protected T Named<T>(T value, [CallerMemberName] string member = "")
    {
        _given.Add(member);
        return value;
    }
}

/// <summary>A hook as it is set.</summary>
public sealed record BuildHookBody : IValidatableObject
{
    /// <summary>Unique in the project.</summary>
    [StringLength(60, MinimumLength = 1)]
    [PlainText]
    public required string Name { get; init => field = value.Trim(); }

    public required BuildHookPhase Phase { get; init; }

    public required BuildHookType Type { get; init; }

    [StringLength(BuildRules.MaxCommand, MinimumLength = 1)]
    public string? Command { get; init; }

    [StringLength(2048, MinimumLength = 1)]
    public string? Url { get; init => field = value?.Trim(); }

    /// <summary>Headers of the request; <c>********</c> keeps the value that a hook of the same name has.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    [Range(1, 600)]
    public int TimeoutSeconds { get; init; } = 60;

    /// <summary>Absent: false for <c>pre_build</c>, else true.</summary>
    public bool? ContinueOnError { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if ((Type == BuildHookType.Command) != Command is not null)
            yield return new ValidationResult("A command is for the type command, and required there", [nameof(Command)]);
        if ((Type == BuildHookType.Http) != Url is not null)
            yield return new ValidationResult("A url is for the type http, and required there", [nameof(Url)]);
        if (Headers is { Count: > 0 } && Type != BuildHookType.Http)
            yield return new ValidationResult("Headers are for the type http", [nameof(Headers)]);
        if (Headers is { } headers && !BuildHookHeaders.AreAllowed(headers))
            yield return new ValidationResult("Headers should be at most 20, have valid names that the platform does not set, and values of at most 2048 printable characters", [nameof(Headers)]);
    }

    internal BuildHook ToHook() => new(Name, Phase, Type)
    {
        Command = Command,
        Url = Url,
        HeaderNames = [.. Headers?.Keys ?? []],
        TimeoutSeconds = TimeoutSeconds,
        ContinueOnError = ContinueOnError,
    };
}

/// <summary>Body of <c>PATCH /api/settings/build</c>: absent members stay as they are, null brings the default back.</summary>
public sealed record BuildSettingsChange : BuildOverrides
{
    private const int MaxHooks = 10;

    /// <summary>The project; absent: the active one.</summary>
    public string? ProjectId { get; init; }

    /// <summary>Refused with 409 when the configuration has another version.</summary>
    public long? IfVersion { get; init; }

    [StringLength(2048, MinimumLength = 1)]
    public string? RepositoryUrl { get; init => field = Named(value?.Trim()); }

    /// <summary>Write-only.</summary>
    [StringLength(4096, MinimumLength = 1)]
    [PlainText]
    public string? RepositoryToken { get; init => field = Named(value); }

    [GitRef]
    public string? ProductionBranch { get; init => field = Named(value); }

    /// <summary>Replaces them all.</summary>
    [MaxLength(MaxHooks)]
    public IReadOnlyList<BuildHookBody>? Hooks { get; init => field = Named(value); }

    /// <summary>Makes a new secret for HTTP hooks.</summary>
    public bool? RotateHookSecret { get; init => field = Named(value); }

    internal IEnumerable<string> GivenNames => Given.Order(StringComparer.Ordinal);

    internal bool Changes(string member) => Given.Contains(member);

    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Given.Count == 0)
            yield return new ValidationResult("At least one member should be given");
        if (Hooks is { } hooks && hooks.Select(hook => hook.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count() < hooks.Count)
            yield return new ValidationResult("Names of hooks should be unique", [nameof(Hooks)]);
        foreach (var problem in base.Validate(validationContext))
            yield return problem;
    }

    /// <summary>The settings after the change.</summary>
    internal BuildSettings Apply(BuildSettings settings) => ApplyTo(settings) with
    {
        RepositoryUrl = Or(nameof(RepositoryUrl), RepositoryUrl, settings.RepositoryUrl),
        ProductionBranch = Or(nameof(ProductionBranch), ProductionBranch ?? new BuildSettings().ProductionBranch, settings.ProductionBranch),
        Hooks = Or(nameof(Hooks), [.. (Hooks ?? []).Select(hook => hook.ToHook())], settings.Hooks),
    };
}
