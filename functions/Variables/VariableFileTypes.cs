using System.Collections.Frozen;
using Microsoft.Net.Http.Headers;

namespace Platform.Functions.Variables;

/// <summary>The media types that file variables may have. The extension decides; what has another extension is what its part says.</summary>
internal static class VariableFileTypes
{
    private static readonly FrozenDictionary<string, string> ByExtension = new Dictionary<string, string>
    {
        [".csv"] = "text/csv",
        [".json"] = "application/json",
        [".txt"] = "text/plain",
        [".tsv"] = "text/tab-separated-values",
        [".xml"] = "application/xml",
        [".yaml"] = "application/yaml",
        [".yml"] = "application/yaml",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Accepted = ByExtension.Values.Concat(["text/xml", "text/yaml", "application/x-yaml"]).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Null when the file is of none of them.</summary>
    public static string? Of(string fileName, string? contentType)
    {
        if (ByExtension.TryGetValue(Path.GetExtension(fileName), out var known))
            return known;
        return MediaTypeHeaderValue.TryParse(contentType, out var type) && Accepted.TryGetValue(type.MediaType.ToString(), out var accepted) ? accepted : null;
    }
}
