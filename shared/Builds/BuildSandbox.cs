using System.Text;
using Platform.Sandbox;
using Platform.Sandbox.Runtimes;

namespace Platform.Builds;

/// <summary>One program of a build.</summary>
/// <param name="Command">For <c>bash -c</c>.</param>
internal sealed record BuildProgram(string Name, string Command)
{
    /// <summary>Inside; must exist.</summary>
    public string WorkingDirectory { get; init; } = Workspace.Source;

    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    public SandboxNetwork Network { get; init; } = SandboxNetwork.None;

    public TimeSpan? WallTime { get; init; }

    public Func<OutputStream, ReadOnlyMemory<byte>, ValueTask>? OnBytes { get; init; }

    public Action<EgressAttempt>? OnEgress { get; init; }
}

/// <summary>Runs the programs of builds in the sandbox: on the build's folder, within its memory and processors, with its variables set inside.</summary>
public sealed class BuildSandbox(ISandbox sandbox, SandboxPool pool, BuildRuntimes runtimes)
{
    private const int MaxProcesses = 1024;
    private const int OpenFiles = 65_536;
    private const int Tail = 4096;
    private const long TmpBytes = 1L << 30;
    private const string SystemPath = "/usr/local/bin:/usr/bin:/bin";

    /// <summary>How long programs have between SIGTERM and SIGKILL.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Longest = TimeSpan.FromHours(3);

    // $1 is the directory, $2 the command. The folder of variables is read before anything of the build runs.
    private const string Launcher = """
        set -a; . /scripts/variables.sh; set +a
        cd -- "$1" || exit 1
        exec /bin/bash -c "$2"
        """;

    /// <summary>Whether foreign programs can run on this host; waits for the first look after the start.</summary>
    internal async Task<bool> IsAvailableAsync(CancellationToken ct)
    {
        if (sandbox.State.CheckedAt == default)
            await runtimes.WaitAsync(ct);
        return sandbox.State.AcceptsRuns;
    }

    /// <summary>Waits for the memory and processors of a build.</summary>
    internal Task<IDisposable> ReserveAsync(Build build, CancellationToken ct) => pool.ReserveAsync(build.Config.Cpus, (long)build.Config.MemoryMb << 20, ct);

    internal async Task<SandboxResult> RunAsync(Build build, Workspace workspace, BuildProgram program, CancellationToken ct)
    {
        var (path, mounts) = await RuntimesAsync(build.Config, ct);
        var variables = new StepVariables(program.Variables, []).ToScript([.. Own(path, program.Variables)]);
        return await sandbox.RunAsync(
            new SandboxRun
            {
                Name = NameOf(build, program),
                ExecutionId = build.Id.ToString(),
                Command = ["/bin/bash", "--noprofile", "--norc", "-c", Launcher, "build", program.WorkingDirectory, program.Command],
                Files = new Dictionary<string, ReadOnlyMemory<byte>> { [variables.Name] = variables.Content },
                Mounts = [new SandboxMount(workspace.HostFolder, Workspace.Folder, Writable: true), .. mounts],
                WorkingDirectory = Workspace.Folder,
                WallTime = program.WallTime is { } wall && wall < Longest ? wall : Longest,
                MemoryBytes = (long)build.Config.MemoryMb << 20,
                CpuCores = build.Config.Cpus,
                TmpBytes = Math.Min(TmpBytes, (long)build.Config.MemoryMb << 19),
                MaxProcesses = MaxProcesses,
                OpenFiles = OpenFiles,
                StdoutLimit = 0,
                StderrLimit = program.OnBytes is null ? Tail : 0,
                Network = program.Network,
                Grace = Grace,
                OnBytes = program.OnBytes,
                OnEgress = program.OnEgress,
            },
            ct);
    }

    /// <summary>Runs a command and gives what it printed to standard output, as far as there is room for it; null when it failed.</summary>
    internal async Task<string?> AskAsync(Build build, Workspace workspace, BuildProgram program, int most, CancellationToken ct)
    {
        var answer = new MemoryStream();
        var result = await RunAsync(
            build,
            workspace,
            program with
            {
                OnBytes = (stream, bytes) =>
                {
                    if (stream == OutputStream.Stdout && answer.Length + bytes.Length <= most)
                        answer.Write(bytes.Span);
                    return ValueTask.CompletedTask;
                },
            },
            ct);
        return result is { Reason: SandboxReason.Exited, ExitCode: 0 } ? Encoding.UTF8.GetString(answer.GetBuffer(), 0, (int)answer.Length) : null;
    }

    private static IEnumerable<KeyValuePair<string, string>> Own(string path, IReadOnlyDictionary<string, string> variables)
    {
        if (!variables.ContainsKey("HOME"))
            yield return new("HOME", Workspace.Home);
        if (!variables.ContainsKey("PATH"))
            yield return new("PATH", path);
        yield return new("DOTNET_CLI_TELEMETRY_OPTOUT", "1");
        yield return new("DOTNET_NOLOGO", "1");
        yield return new("npm_config_update_notifier", "false");
    }

    private async Task<(string Path, IReadOnlyList<SandboxMount> Mounts)> RuntimesAsync(BuildSettings config, CancellationToken ct)
    {
        var folders = new List<string> { $"{Workspace.Venv}/bin" };
        var mounts = new List<SandboxMount>();
        foreach (var (lang, version) in new[] { (BuildRuntimes.Node, config.NodeVersion), (BuildRuntimes.Python, config.PythonVersion) })
        {
            if (await runtimes.FindAsync(lang, version, ct) is not { } runtime)
                continue;
            folders.Add(Path.GetDirectoryName(runtime.Command[0])!);
            mounts.AddRange(runtime.Mounts);
        }

        return (string.Join(':', folders.Append(SystemPath).Distinct(StringComparer.Ordinal)), mounts);
    }

    private static string NameOf(Build build, BuildProgram program)
    {
        var letters = new string([.. program.Name.Where(char.IsAsciiLetterOrDigit).Take(16)]);
        return $"build-{build.Id:N}-{(letters.Length == 0 ? "step" : letters)}";
    }
}
