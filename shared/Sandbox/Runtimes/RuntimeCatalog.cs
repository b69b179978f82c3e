namespace Platform.Sandbox.Runtimes;

/// <summary>The runtimes that scripts may ask for: the configured catalogue less what did not answer on this host.</summary>
public sealed class RuntimeCatalog
{
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IReadOnlyList<SupportedRuntime> supported = [];

    /// <summary>Completes after the first probe of all entries; readiness and <c>POST /execute</c> may await it.</summary>
    public Task Ready => ready.Task;

    /// <summary>What answered so far, ordered as in the catalogue.</summary>
    public IReadOnlyList<SupportedRuntime> Supported => supported;

    /// <summary>The exact version asked for, or null; another version is never substituted.</summary>
    public SupportedRuntime? Find(string lang, string version) =>
        supported.FirstOrDefault(runtime => runtime.Lang == lang && runtime.Version == version);

    internal void Publish(IReadOnlyList<SupportedRuntime> runtimes)
    {
        supported = runtimes;
        ready.TrySetResult();
    }
}
