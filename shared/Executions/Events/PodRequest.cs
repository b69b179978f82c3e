namespace Platform.Executions;

/// <summary>An event that carries the whole specification of a sandbox, flat in its payload.</summary>
public abstract record PodRequest : ExecutionEvent
{
    private readonly PodSpecification _pod;

    protected PodRequest(Guid executionId, PodSpecification pod)
        : base(executionId) => _pod = pod;

    public string Script => _pod.Script;

    public string Language => _pod.Language;

    public string LanguageVersion => _pod.LanguageVersion;

    public string RuntimeImage => _pod.RuntimeImage;

    public IReadOnlyList<string> RuntimeCommand => _pod.RuntimeCommand;

    public string RuntimeFilename => _pod.RuntimeFilename;

    public int TimeoutSeconds => _pod.TimeoutSeconds;

    public string CpuLimit => _pod.CpuLimit;

    public string MemoryLimit => _pod.MemoryLimit;

    public string CpuRequest => _pod.CpuRequest;

    public string MemoryRequest => _pod.MemoryRequest;

    public ExecutionPriority Priority => _pod.Priority;
}
