namespace Platform.Builds;

/// <summary>Why a build's work stops before its end.</summary>
internal enum WorkEnd
{
    None,
    Cancelled,
    TimedOut,

    /// <summary>The lease was taken away, or the host stops.</summary>
    Lost,

    /// <summary>Its files take more room than they may.</summary>
    Full,
}

/// <summary>What the parts of a build that runs here share.</summary>
internal sealed class BuildWork(Build build, Workspace workspace, StepVariables variables, BuildLogWriter log, BuildStops stops) : IDisposable
{
    private readonly CancellationTokenSource _any = stops.Link();

    public Build Build { get; } = build;

    public Workspace Workspace { get; } = workspace;

    public StepVariables Variables { get; set; } = variables;

    public BuildLogWriter Log { get; } = log;

    /// <summary>The source's files as they were after the fetch.</summary>
    public IReadOnlyList<WorkspaceFile> Files { get; set; } = [];

    /// <summary>Ends when the work has to stop, for whatever reason.</summary>
    public CancellationToken Stop => _any.Token;

    public WorkEnd End => stops.End;

    public void Dispose() => _any.Dispose();
}

/// <summary>A regular file of a build's folder; <paramref name="Path"/> is relative to where was looked.</summary>
internal sealed record WorkspaceFile(string Path, long Bytes);
