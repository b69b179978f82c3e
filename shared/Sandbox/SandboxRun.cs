namespace Platform.Sandbox;

/// <summary>One program to run, with everything that it may see and use.</summary>
public sealed record SandboxRun
{
    /// <summary>Name of the instance (<c>executor-{id}</c>), also its host name: 1 to 63 of <c>[A-Za-z0-9-]</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Program and fixed arguments, started directly, never through a shell. The program is a path or a name found in the sandbox's PATH.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>The caller's arguments, appended to <see cref="Command"/>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Files placed read-only below <c>/scripts</c>, by relative name (<c>main.py</c>, <c>data/in.csv</c>). At most 64, 16 MiB together.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Files { get; init; } = new Dictionary<string, ReadOnlyMemory<byte>>();

    /// <summary>Standard input; null is <c>/dev/null</c>.</summary>
    public ReadOnlyMemory<byte>? Stdin { get; init; }

    /// <summary>Variables beyond EXECUTION_ID, OUTPUT_PATH, HOME, LANG and PATH. Names match <c>[A-Za-z_][A-Za-z0-9_]*</c>; PATH may be replaced, LD_* is refused.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Value of EXECUTION_ID; without it <see cref="Name"/> less its <c>executor-</c>.</summary>
    public string? ExecutionId { get; init; }

    /// <summary>Host folders or files that the program may see besides the system (a runtime installed outside <c>/usr</c>, a work folder).</summary>
    public IReadOnlyList<SandboxMount> Mounts { get; init; } = [];

    /// <summary>Working directory inside.</summary>
    public string WorkingDirectory { get; init; } = "/tmp";

    /// <summary>Longest run; then the whole tree is killed.</summary>
    public TimeSpan WallTime { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Memory of the whole tree, <c>/tmp</c> and <c>/output</c> included.</summary>
    public long MemoryBytes { get; init; } = 512L << 20;

    /// <summary>CPU share in cores; enforced where cgroups are writable.</summary>
    public double CpuCores { get; init; } = 2;

    /// <summary>Size of <c>/tmp</c>.</summary>
    public long TmpBytes { get; init; } = 10L << 20;

    /// <summary>Size of <c>/output</c>.</summary>
    public long OutputBytes { get; init; } = 10L << 20;

    /// <summary>Processes and threads of the tree.</summary>
    public int MaxProcesses { get; init; } = 256;

    /// <summary>Open files of each process.</summary>
    public int OpenFiles { get; init; } = 256;

    /// <summary>Bytes of standard output that are kept; the rest is read and dropped. 0 keeps none.</summary>
    public int StdoutLimit { get; init; } = 1 << 20;

    /// <summary>Bytes of standard error that are kept; the rest is read and dropped. 0 keeps none.</summary>
    public int StderrLimit { get; init; } = 1 << 20;

    /// <summary>Whether <see cref="SandboxResult.Files"/> brings back what lies in <c>/output</c> at the end.</summary>
    public bool CollectOutput { get; init; }

    /// <summary>What the program may reach over the network.</summary>
    public SandboxNetwork Network { get; init; } = SandboxNetwork.None;

    /// <summary>Largest file that a process may write; larger writes get SIGXFSZ. Null is no limit besides the folder's.</summary>
    public long? MaxFileBytes { get; init; }

    /// <summary>Time between SIGTERM and SIGKILL when the run is cancelled, and when its wall time is over. Null: the host's setting for the former, none for the latter.</summary>
    public TimeSpan? Grace { get; init; }

    /// <summary>Told of each connection that the program asks the egress proxy for; on any thread, must not block.</summary>
    public Action<EgressAttempt>? OnEgress { get; init; }

    /// <summary>Told once the program runs, before any output.</summary>
    public Func<SandboxStarted, ValueTask>? OnStarted { get; init; }

    /// <summary>Live output: at most 4 KiB a chunk and ten chunks a second, in order. Output that comes faster is only in the result.</summary>
    public Func<OutputChunk, ValueTask>? OnOutput { get; init; }

    /// <summary>Every byte of both streams as it comes, each stream in order, whatever is kept of it. The program waits (its pipe fills) while the callback is slow,
    /// and the run's task ends after the last call. The memory is valid until the returned task ends.</summary>
    public Func<OutputStream, ReadOnlyMemory<byte>, ValueTask>? OnBytes { get; init; }
}
