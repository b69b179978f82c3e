using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Platform.Functions.Pages;

/// <summary>A page of this assembly's resources with places of the form <c>{{name}}</c>. All are filled in one pass, so that what a value holds is never a place.</summary>
/// <param name="name">Folders and file below <c>functions/</c>, with dots between them.</param>
internal sealed partial class PageTemplate(string name)
{
    private readonly Lazy<string> _text = new(() => Encoding.UTF8.GetString(Read(name)));

    /// <param name="markup">Markup by the name of its place; text has to be encoded.</param>
    public string Fill(IReadOnlyDictionary<string, string> markup) => Place().Replace(_text.Value, place => markup[place.Groups["name"].Value]);

    public static string Encode(string? text) => WebUtility.HtmlEncode(text ?? "");

    public static byte[] Read(string name)
    {
        using var resource = typeof(PageTemplate).Assembly.GetManifestResourceStream($"Platform.Functions.{name}")
            ?? throw new InvalidOperationException($"The page's file {name} is not among the resources");
        using var content = new MemoryStream();
        resource.CopyTo(content);
        return content.ToArray();
    }

    [GeneratedRegex(@"\{\{(?<name>\w+)\}\}", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Place();
}
