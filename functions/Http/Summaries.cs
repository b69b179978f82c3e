using System.Reflection;
using System.Xml.Linq;

namespace Platform.Functions.Http;

/// <summary>The <c>summary</c> texts of operations and wire records, read from the compiler's XML files beside the assemblies when documentation is first asked for.</summary>
public sealed class Summaries
{
    private readonly Lazy<Dictionary<string, string>> _texts = new(Read);

    /// <summary>The summary in one line; empty when the method has none.</summary>
    public string Of(Operation operation) => _texts.Value.GetValueOrDefault(operation.DocumentationId, "");

    /// <summary>What the summary of a record's member, or the <c>param</c> of a positional one, says; null when there is none.</summary>
    public string? Of(MemberInfo member) => _texts.Value.GetValueOrDefault($"P:{Owner(member)}.{member.Name}");

    private static string Owner(MemberInfo member)
    {
        var type = member.DeclaringType!;
        return (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');
    }

    private static Dictionary<string, string> Read()
    {
        var folder = Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!;
        var members = Directory.EnumerateFiles(folder, "Platform.*.xml").SelectMany(path => XDocument.Load(path).Descendants("member")).ToList();
        Dictionary<string, string> texts = new(StringComparer.Ordinal);
        foreach (var member in members)
        {
            var name = (string)member.Attribute("name")!;
            if (member.Element("summary") is { } summary)
                texts[name] = OneLine(summary);
            if (name.StartsWith("T:", StringComparison.Ordinal))
            {
                foreach (var parameter in member.Elements("param"))
                    texts[$"P:{name[2..]}.{(string)parameter.Attribute("name")!}"] = OneLine(parameter);
            }
        }

        return texts;
    }

    private static string OneLine(XElement element) =>
        string.Join(' ', string.Concat(element.Nodes().Select(Text)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Text(XNode node) => node switch
    {
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "see" or "paramref" or "seealso" } reference =>
            $"`{((string?)reference.Attribute("cref") ?? (string?)reference.Attribute("name") ?? (string?)reference.Attribute("langword") ?? "").Split('.', ':')[^1]}`",
        XElement other => OneLine(other),
        XText plain => plain.Value,
        _ => "",
    };
}
