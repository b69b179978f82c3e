using Platform.Sandbox;
using Platform.Sandbox.Runtimes;

namespace Platform.UserFunctions;

/// <summary>A runtime that functions can be written for on this host.</summary>
/// <param name="Name">Pinned: <c>node20</c>.</param>
/// <param name="ActualVersion">As the interpreter answered.</param>
/// <param name="Interpreter">Its program.</param>
public sealed record FunctionRuntime(string Name, string Language, string Version, string ActualVersion, string Interpreter)
{
    public required FunctionLanguage Rules { get; init; }

    /// <summary>What compiles its code; null where nothing has to be.</summary>
    internal DotnetSdk? Sdk { get; init; }

    /// <summary>What the interpreter needs around it.</summary>
    internal IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    internal IReadOnlyList<SandboxMount> Mounts { get; init; } = [];

    /// <summary>Whether it runs TypeScript by leaving the types out.</summary>
    public bool StripsTypes => Language == "node" && System.Version.TryParse(ActualVersion, out var version) && version >= new Version(22, 6);

    /// <summary>Endings of the entry file, in the order in which they are looked for.</summary>
    public IEnumerable<string> Extensions => StripsTypes ? [.. Rules.Extensions, ".ts"] : Rules.Extensions;
}

/// <summary>The runtimes of user functions: those of the sandbox's catalogue that have an adapter here.</summary>
public sealed class FunctionRuntimes(RuntimeCatalog catalog, TimeProvider clock)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private volatile Known _known = new([], []);

    /// <summary>The newest of a language last.</summary>
    public async ValueTask<IReadOnlyList<FunctionRuntime>> AllAsync(CancellationToken ct)
    {
        await WaitAsync(ct);
        var (known, answered) = (_known, catalog.All);
        if (known.Answered == answered)
            return known.Runtimes;
        List<FunctionRuntime> runtimes = [.. answered.Select(Of).OfType<FunctionRuntime>().OrderBy(runtime => runtime.Language, StringComparer.Ordinal).ThenBy(runtime => Comparable(runtime.Version))];
        _known = new Known(answered, runtimes);
        return runtimes;
    }

    /// <summary>By its pinned name, or the newest of a language.</summary>
    public async ValueTask<Result<FunctionRuntime>> FindAsync(string name, CancellationToken ct)
    {
        var all = await AllAsync(ct);
        var found = all.FirstOrDefault(runtime => runtime.Name == name) ?? all.LastOrDefault(runtime => runtime.Language == name);
        return found is not null ? found : FunctionErrors.RuntimeUnavailable([.. all.Select(runtime => runtime.Name)]);
    }

    /// <summary>The language that a pinned or unpinned name begins with.</summary>
    public static string LanguageOf(string name) => name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.');

    // The first seconds of the process; without a sandbox there never are any.
    private async ValueTask WaitAsync(CancellationToken ct)
    {
        if (catalog.Ready.IsCompleted)
            return;
        try
        {
            await catalog.Ready.WaitAsync(LongestWait, clock, ct);
        }
        catch (TimeoutException)
        {
            // what answered so far
        }
    }

    // Null where functions cannot be written for it.
    private static FunctionRuntime? Of(SupportedRuntime runtime)
    {
        if (FunctionLanguage.Find(runtime.Lang) is not { } rules)
            return null;
        var sdk = rules.IsCompiled ? DotnetSdk.Find(runtime.Command[0], runtime.ActualVersion) : null;
        return rules.IsCompiled && sdk is null ? null : new FunctionRuntime(runtime.Lang + runtime.Version, runtime.Lang, runtime.Version, runtime.ActualVersion, runtime.Command[0])
        {
            Rules = rules,
            Sdk = sdk,
            Environment = runtime.Environment,
            Mounts = runtime.Mounts,
        };
    }

    private static Version Comparable(string version) => Version.TryParse(version.Contains('.') ? version : version + ".0", out var parsed) ? parsed : new Version(0, 0);

    private sealed record Known(IReadOnlyList<SupportedRuntime> Answered, IReadOnlyList<FunctionRuntime> Runtimes);
}
