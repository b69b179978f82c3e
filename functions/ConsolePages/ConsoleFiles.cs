using System.Collections.Frozen;
using Platform.Functions.Documentation;
using Platform.Functions.Pages;

namespace Platform.Functions.ConsolePages;

/// <summary>Script and styles of the console, which may load nothing else.</summary>
public sealed class ConsoleFiles
{
    private readonly Lazy<FrozenDictionary<string, CachedAnswer>> _files = new(() => new Dictionary<string, CachedAnswer>(StringComparer.Ordinal)
    {
        ["page.css"] = PageAnswers.Style("Pages.Files.page.css"),
        ["console.css"] = PageAnswers.Style("ConsolePages.Files.console.css"),
        ["console.js"] = PageAnswers.Script("ConsolePages.Files.console.js"),
    }.ToFrozenDictionary(StringComparer.Ordinal));

    /// <summary>The file of that name, or null. Names are looked up, never turned into paths.</summary>
    internal CachedAnswer? Find(string name) => _files.Value.GetValueOrDefault(name);
}
