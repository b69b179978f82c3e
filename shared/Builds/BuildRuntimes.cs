using Platform.Sandbox.Runtimes;

namespace Platform.Builds;

/// <summary>The versions of languages that builds can ask for: those that answered in the sandbox of this host.</summary>
public sealed class BuildRuntimes(RuntimeCatalog catalog, TimeProvider clock)
{
    public const string Node = "node";
    public const string Python = "python";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Waits for what is known only some time after the start; not for ever.</summary>
    internal async Task WaitAsync(CancellationToken ct)
    {
        await catalog.Ready.WaitAsync(Patience, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ct.ThrowIfCancellationRequested();
    }

    /// <summary>Whether there is the version, or one that refines it.</summary>
    internal async Task<bool> HasAsync(string lang, string version, CancellationToken ct) => await FindAsync(lang, version, ct) is not null;

    /// <summary>The newest runtime of the language that is the version or refines it; without a version the newest of all. Null: none.</summary>
    internal async Task<SupportedRuntime?> FindAsync(string lang, string? version, CancellationToken ct)
    {
        await WaitAsync(ct);
        return catalog.Supported
            .Where(runtime => runtime.Lang == lang && (version is null || runtime.ActualVersion == version || runtime.ActualVersion.StartsWith(version + ".", StringComparison.Ordinal)))
            .OrderByDescending(runtime => Version.TryParse(runtime.ActualVersion, out var parsed) ? parsed : new Version(0, 0)).FirstOrDefault();
    }
}
