using System.Text;

namespace Platform.Sandbox.Runtimes;

/// <summary>A language version that answered its version command inside the sandbox.</summary>
/// <param name="Version">As callers ask for it (<c>3.11</c>).</param>
/// <param name="ActualVersion">As the interpreter answered (<c>3.11.2</c>); always a refinement of <paramref name="Version"/>.</param>
/// <param name="FileName">Name of the script below <c>/scripts</c> (<c>main.py</c>).</param>
/// <param name="FileExtension">Without the dot.</param>
/// <param name="Command">Program and arguments that run the script.</param>
/// <param name="Example">A script that shows a feature of a newer version.</param>
public sealed record SupportedRuntime(
    string Lang, string Version, string ActualVersion, string FileName, string FileExtension, IReadOnlyList<string> Command, string Example)
{
    /// <summary>Whether scripts can be written for it; otherwise only functions can.</summary>
    public bool RunsScripts { get; init; } = true;

    internal IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
    internal IReadOnlyList<SandboxMount> Mounts { get; init; } = [];
    internal long? TmpBytes { get; init; }

    /// <summary>A run of <paramref name="script"/> with default limits; callers refine it with <c>with</c>.</summary>
    public SandboxRun CreateRun(string name, string script)
    {
        var run = new SandboxRun
        {
            Name = name,
            Command = Command,
            Files = new Dictionary<string, ReadOnlyMemory<byte>> { [FileName] = Encoding.UTF8.GetBytes(script) },
            Environment = Environment,
            Mounts = Mounts,
        };
        return TmpBytes is { } tmp ? run with { TmpBytes = tmp } : run;
    }
}
