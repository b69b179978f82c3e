namespace Platform.Sandbox;

/// <summary>How a run ended.</summary>
public enum SandboxReason
{
    /// <summary>The program ended by itself, with any exit code.</summary>
    Exited,

    /// <summary>A signal ended the program; the exit code is 128 plus its number.</summary>
    Signaled,

    /// <summary>The tree needed more memory than allowed; exit code 137.</summary>
    Oom,

    /// <summary>The wall time was over; exit code -1.</summary>
    Timeout,

    /// <summary>The caller cancelled; exit code -1.</summary>
    Cancelled,

    /// <summary>The program could not be started; exit code -1, see <see cref="SandboxResult.Detail"/>.</summary>
    StartFailed,

    /// <summary>The sandbox itself went away (host shutting down, killed from outside); exit code -1.</summary>
    Lost,

    /// <summary>The program used a forbidden system call; exit code 159 (128 + SIGSYS).</summary>
    BlockedSystemCall,
}

/// <summary>What a run used.</summary>
/// <param name="WallSeconds">From start to end, to the microsecond.</param>
/// <param name="CpuTimeJiffies">CPU seconds of the whole tree times <paramref name="ClkTckHertz"/>, rounded down.</param>
/// <param name="ClkTckHertz">Always 100.</param>
/// <param name="PeakMemoryKb">Highest memory of the tree (control group or watcher) or of its largest process, whichever is more.</param>
public sealed record ResourceUsage(double WallSeconds, long CpuTimeJiffies, int ClkTckHertz, long PeakMemoryKb);

/// <summary>A file that the program left in <c>/output</c>; <see cref="Name"/> is relative, with <c>/</c>.</summary>
public sealed record OutputFile(string Name, ReadOnlyMemory<byte> Content);

/// <summary>The end of a run. Texts are valid UTF-8 without NUL; a cut one ends with the line <c>[output truncated at N bytes]</c>.</summary>
public sealed record SandboxResult
{
    public required int ExitCode { get; init; }
    public required SandboxReason Reason { get; init; }
    public string Stdout { get; init; } = "";
    public string Stderr { get; init; } = "";
    public bool OutputTruncated { get; init; }

    /// <summary>Null when the program never ran.</summary>
    public ResourceUsage? Usage { get; init; }

    /// <summary>Files of <c>/output</c>, ordered by name, when asked for; 10 MiB and 256 files at most, larger remainders are left out.</summary>
    public IReadOnlyList<OutputFile> Files { get; init; } = [];

    /// <summary>Why the start failed or the sandbox was lost; for operators, not for the program's owner.</summary>
    public string? Detail { get; init; }
}
