using Platform.Sandbox.Runtimes;

namespace Platform.Executions;

/// <summary>What <c>execution_requested</c> and <c>create_pod_command</c> both say about the sandbox to make.</summary>
public sealed record PodSpecification
{
    public const string Namespace = "sandbox";

    public required string Script { get; init; }

    public required string Language { get; init; }

    public required string LanguageVersion { get; init; }

    public required string RuntimeImage { get; init; }

    public required IReadOnlyList<string> RuntimeCommand { get; init; }

    public required string RuntimeFilename { get; init; }

    public required int TimeoutSeconds { get; init; }

    public required string CpuLimit { get; init; }

    public required string MemoryLimit { get; init; }

    public required string CpuRequest { get; init; }

    public required string MemoryRequest { get; init; }

    public required ExecutionPriority Priority { get; init; }

    public static PodSpecification Of(Execution execution, SupportedRuntime runtime, ExecutionOptions weight) => new()
    {
        Script = execution.Script,
        Language = execution.Lang,
        LanguageVersion = execution.LangVersion,
        RuntimeImage = $"{execution.Lang}:{execution.LangVersion}",
        RuntimeCommand = runtime.Command,
        RuntimeFilename = runtime.FileName,
        TimeoutSeconds = execution.TimeoutSeconds,
        CpuLimit = execution.Limits.Cpu,
        MemoryLimit = execution.Limits.Memory,
        CpuRequest = weight.CpuRequest,
        MemoryRequest = weight.MemoryRequest,
        Priority = execution.Priority,
    };

    public static string NameOf(Guid executionId) => $"executor-{executionId}";
}
