using System.Text;
using Platform.Sandbox;
using Platform.Sandbox.Runtimes;

namespace Platform.Executions;

internal static class SandboxRuns
{
    private const string ScriptFolder = "/scripts";

    /// <summary>The run of an execution's script with its inputs and within its limits. A script that brings files starts in the folder where they lie.</summary>
    public static SandboxRun Of(Execution execution, SupportedRuntime runtime)
    {
        var run = runtime.CreateRun(execution.PodName, execution.Script) with
        {
            ExecutionId = execution.Id.ToString(),
            WallTime = TimeSpan.FromSeconds(execution.TimeoutSeconds),
            MemoryBytes = (long)execution.MemoryMb << 20,
            CpuCores = execution.CpuMillicores / 1000.0,
        };
        return execution.Inputs is { } inputs ? Add(run, inputs) : run;
    }

    private static SandboxRun Add(SandboxRun run, ExecutionInputs inputs) => run with
    {
        Arguments = inputs.Args ?? [],
        Stdin = inputs.Stdin is { } text ? Encoding.UTF8.GetBytes(text) : null,
        Environment = inputs.Env is { Count: > 0 } env ? new Dictionary<string, string>([.. run.Environment, .. env]) : run.Environment,
        Files = inputs.Files is { Count: > 0 } files ? Join(run.Files, files) : run.Files,
        WorkingDirectory = inputs.Files is { Count: > 0 } ? ScriptFolder : run.WorkingDirectory,
    };

    private static Dictionary<string, ReadOnlyMemory<byte>> Join(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> own, IReadOnlyList<InputFile> files)
    {
        var all = new Dictionary<string, ReadOnlyMemory<byte>>(own);
        foreach (var file in files)
            all[file.Path] = file.Content is { } text ? Encoding.UTF8.GetBytes(text) : Convert.FromBase64String(file.ContentBase64 ?? "");
        return all;
    }
}
