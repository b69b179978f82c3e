namespace Platform.Sandbox.Runtimes;

/// <summary>The runtimes that scripts may ask for: the configured catalogue less what did not answer on this host.</summary>
public sealed class RuntimeCatalog
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IReadOnlyList<SupportedRuntime> _supported = [];

    /// <summary>Completes after the first probe of all entries; readiness and <c>POST /execute</c> may await it.</summary>
    public Task Ready => _ready.Task;

    /// <summary>What answered so far, ordered as in the catalogue.</summary>
    public IReadOnlyList<SupportedRuntime> Supported => _supported;

    /// <summary>The exact version asked for, or null; another version is never substituted.</summary>
    public SupportedRuntime? Find(string lang, string version) =>
        _supported.FirstOrDefault(runtime => runtime.Lang == lang && runtime.Version == version);

    internal void Publish(IReadOnlyList<SupportedRuntime> runtimes)
    {
        _supported = runtimes;
        _ready.TrySetResult();
    }
}
