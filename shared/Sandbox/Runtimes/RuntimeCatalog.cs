namespace Platform.Sandbox.Runtimes;

/// <summary>The runtimes of this host: the configured catalogue less what did not answer.</summary>
public sealed class RuntimeCatalog
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IReadOnlyList<SupportedRuntime> _all = [];
    private volatile IReadOnlyList<SupportedRuntime> _supported = [];

    /// <summary>Completes after the first probe of all entries; readiness and <c>POST /execute</c> may await it.</summary>
    public Task Ready => _ready.Task;

    /// <summary>What answered so far, ordered as in the catalogue.</summary>
    public IReadOnlyList<SupportedRuntime> All => _all;

    /// <summary>Those of <see cref="All"/> that scripts may ask for.</summary>
    public IReadOnlyList<SupportedRuntime> Supported => _supported;

    /// <summary>The exact version asked for, or null; another version is never substituted.</summary>
    public SupportedRuntime? Find(string lang, string version) =>
        _supported.FirstOrDefault(runtime => runtime.Lang == lang && runtime.Version == version);

    internal void Publish(IReadOnlyList<SupportedRuntime> runtimes)
    {
        _all = runtimes;
        _supported = [.. runtimes.Where(runtime => runtime.RunsScripts)];
        _ready.TrySetResult();
    }
}
