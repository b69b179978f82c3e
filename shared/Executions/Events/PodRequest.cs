using System.Text.Json.Serialization;

namespace Platform.Executions;

/// <summary>An event that carries the whole specification of a sandbox, flat in its payload.</summary>
public abstract record PodRequest(Guid ExecutionId, [property: JsonIgnore] PodSpecification Pod) : ExecutionEvent(ExecutionId)
{
    public string Script => Pod.Script;

    public string Language => Pod.Language;

    public string LanguageVersion => Pod.LanguageVersion;

    public string RuntimeImage => Pod.RuntimeImage;

    public IReadOnlyList<string> RuntimeCommand => Pod.RuntimeCommand;

    public string RuntimeFilename => Pod.RuntimeFilename;

    public int TimeoutSeconds => Pod.TimeoutSeconds;

    public string CpuLimit => Pod.CpuLimit;

    public string MemoryLimit => Pod.MemoryLimit;

    public string CpuRequest => Pod.CpuRequest;

    public string MemoryRequest => Pod.MemoryRequest;

    public ExecutionPriority Priority => Pod.Priority;
}
