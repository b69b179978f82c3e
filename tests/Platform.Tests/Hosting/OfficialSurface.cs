using System.Text.RegularExpressions;
using EmbeddedFunctions.Worker;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Hosting;

/// <summary>The official public surface, read from tests/Contract/azure-functions-api.txt and brought into the form of <see cref="Signature"/>.</summary>
internal sealed partial class OfficialSurface
{
    private static readonly (string Ours, string Official)[] Namespaces =
    [
        ("EmbeddedFunctions.Worker", "Microsoft.Azure.Functions.Worker"),
        ("EmbeddedFunctions.DurableTask", "Microsoft.DurableTask"),
        ("EmbeddedFunctions.ServiceBus", "Azure.Messaging.ServiceBus"),
    ];

    private readonly HashSet<string> _types = [];
    private readonly HashSet<string> _members = [];
    private readonly Dictionary<string, string> _properties = [];

    public static OfficialSurface Read()
    {
        var surface = new OfficialSurface();
        foreach (var line in File.ReadLines(RepositoryFiles.PathOf("tests", "Contract", "azure-functions-api.txt")).Where(l => l.Length > 0 && l[0] != '#'))
            surface.Add(line);
        return surface;
    }

    public static string Translate(string ours) => Namespaces.Aggregate(ours, (text, n) => text.Replace(n.Ours, n.Official, StringComparison.Ordinal));

    public bool HasType(string type) => _types.Contains(type);

    /// <summary>A property may have fewer accessors than the official one.</summary>
    public bool HasMember(string member)
    {
        var (head, accessors) = Split(member);
        return accessors is null ? _members.Contains(head) : _properties.TryGetValue(head, out var official) && accessors.Split("; ").All(official.Split("; ").Contains);
    }

    private void Add(string line)
    {
        var colon = line.IndexOf(" :", StringComparison.Ordinal);
        if (!line.AsSpan(colon).StartsWith(" :: "))
        {
            _types.Add(line[..colon]);
            return;
        }

        var (head, accessors) = Split(Normalize(line));
        _members.Add(head);
        if (accessors is not null)
            _properties[head] = accessors;
    }

    private static (string Head, string? Accessors) Split(string member)
    {
        var brace = member.IndexOf(" { ", StringComparison.Ordinal);
        return brace < 0 ? (member, null) : (member[..brace], member[(brace + 3)..].TrimEnd(' ', '}', ';'));
    }

    private static string Normalize(string line)
    {
        var text = Remarks().Replace(line, "");
        text = Constraints().Replace(text, "");
        text = Defaults().Replace(text, m => m.Index + m.Length == text.Length ? "" : " =");
        text = Modifiers().Replace(text, "");
        text = text.Replace("protected .ctor", ".ctor", StringComparison.Ordinal).Replace("protected set", "set", StringComparison.Ordinal);
        return ReferenceNullability().Replace(text, m => IsValue(m.Groups["type"].Value) ? m.Value : m.Groups["type"].Value);
    }

    private static bool IsValue(string type)
    {
        if (type is "bool" or "int" or "long" or "double" or "byte")
            return true;

        var ours = Namespaces.Aggregate(type, (text, n) => text.Replace(n.Official, n.Ours, StringComparison.Ordinal));
        return (Type.GetType(type) ?? typeof(FunctionAttribute).Assembly.GetType(ours))?.IsValueType == true;
    }

    [GeneratedRegex(@"( \[(obsolete|later|read)\])+$", RegexOptions.ExplicitCapture)]
    private static partial Regex Remarks();

    [GeneratedRegex(@" where \w+ : .*$")]
    private static partial Regex Constraints();

    [GeneratedRegex(@" = [^,)]+(?=[,)])|(?<=const .*) = .*$")]
    private static partial Regex Defaults();

    [GeneratedRegex(@"\b(abstract|virtual|override|params|readonly) ", RegexOptions.ExplicitCapture)]
    private static partial Regex Modifiers();

    [GeneratedRegex(@"(?<type>[\w.]+|>|\])\?", RegexOptions.ExplicitCapture)]
    private static partial Regex ReferenceNullability();
}
