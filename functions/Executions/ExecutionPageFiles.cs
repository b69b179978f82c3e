using System.Collections.Frozen;
using Platform.Functions.Documentation;
using Platform.Functions.Pages;

namespace Platform.Functions.Executions;

/// <summary>Script and style of the page, which may load nothing else.</summary>
public sealed class ExecutionPageFiles
{
    private readonly Lazy<FrozenDictionary<string, CachedAnswer>> _files = new(() => new Dictionary<string, CachedAnswer>(StringComparer.Ordinal)
    {
        ["page.css"] = PageAnswers.Style("Pages.Files.page.css"),
        ["page.js"] = PageAnswers.Script("Executions.Page.page.js"),
    }.ToFrozenDictionary(StringComparer.Ordinal));

    /// <summary>The file of that name, or null. Names are looked up, never turned into paths.</summary>
    internal CachedAnswer? Find(string name) => _files.Value.GetValueOrDefault(name);
}
