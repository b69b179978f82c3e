using System.Collections.Frozen;
using Platform.Functions.Documentation;

namespace Platform.Functions.Executions;

/// <summary>Script and style of the page, which may load nothing else.</summary>
public sealed class ExecutionPageFiles
{
    public const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private const string Cache = "public, max-age=3600";

    private readonly Lazy<FrozenDictionary<string, CachedAnswer>> _files = new(() => new Dictionary<string, CachedAnswer>(StringComparer.Ordinal)
    {
        ["page.css"] = new(PageTemplate.Read("page.css"), "text/css; charset=utf-8", Cache, Policy),
        ["page.js"] = new(PageTemplate.Read("page.js"), "text/javascript; charset=utf-8", Cache, Policy),
    }.ToFrozenDictionary(StringComparer.Ordinal));

    /// <summary>The file of that name, or null. Names are looked up, never turned into paths.</summary>
    internal CachedAnswer? Find(string name) => _files.Value.GetValueOrDefault(name);
}
