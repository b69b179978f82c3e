using System.Reflection;
using System.Xml.Linq;

namespace Platform.Functions.Http;

/// <summary>The <c>summary</c> texts of operations, read from the compiler's XML file beside the assembly when documentation is first asked for.</summary>
public sealed class OperationSummaries
{
    private readonly Lazy<Dictionary<string, string>> _texts = new(Read);

    /// <summary>The summary in one line; empty when the method has none.</summary>
    public string Of(Operation operation) => _texts.Value.GetValueOrDefault(operation.DocumentationId, "");

    private static Dictionary<string, string> Read()
    {
        var path = Path.ChangeExtension(Assembly.GetExecutingAssembly().Location, ".xml");
        if (!File.Exists(path))
            return [];
        return XDocument.Load(path).Descendants("member")
            .Where(member => member.Element("summary") is not null)
            .ToDictionary(member => (string)member.Attribute("name")!, member => OneLine(member.Element("summary")!.Value), StringComparer.Ordinal);
    }

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
