using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Webhooks;

/// <summary>
/// What a receiver is told of an event: ids, names, states, times and figures of its payload, in camelCase. Texts go out only under names that say that they are
/// one of these; anything else (a script, its output, a message, a reason in somebody's words) stays, unless the event says otherwise.
/// </summary>
internal static class PublicData
{
    private const int MaxText = 300;
    private const int MaxMessage = 2000;
    private const int MaxItems = 100;
    private const int MaxDepth = 3;

    private static readonly string[] Names =
    [
        "name", "status", "state", "type", "kind", "role", "severity", "environment", "branch", "commit_sha", "retry_of", "runtime", "engine", "from", "to", "version", "conclusion", "email",
    ];

    private static readonly string[] Words = ["reason", "cause"];

    private static readonly string[] Endings = ["_id", "_ids", "_at", "_type", "_status", "_state", "_name", "_code", "_role", "_by"];

    public static JsonObject Of(PublicEvent entry, JsonElement payload)
    {
        var facts = new JsonObject();
        if (payload.ValueKind != JsonValueKind.Object)
            return facts;
        var own = entry.Wrapper is { } wrapper ? $"{JsonNamingPolicy.SnakeCaseLower.ConvertName(wrapper)}_id" : null;
        foreach (var member in payload.EnumerateObject())
        {
            if (entry.Fields?.Contains(member.Name) == false || Value(entry, member.Name, member.Value, 0) is not { } value)
                continue;
            facts[member.Name == own ? "id" : Camel(member.Name)] = value;
        }

        if (entry.Wrapper is null)
            return facts;
        return facts is { Count: 1 } && facts[entry.Wrapper] is JsonObject ? facts : new JsonObject { [entry.Wrapper] = facts };
    }

    /// <summary>Made-up facts of a type, for trying a receiver.</summary>
    public static JsonObject Sample(PublicEvent? entry)
    {
        var facts = new JsonObject { ["id"] = Guid.Empty.ToString(), ["name"] = "sample", ["status"] = "sample" };
        return entry?.Wrapper is { } wrapper ? new JsonObject { [wrapper] = facts } : facts;
    }

    private static JsonNode? Value(PublicEvent entry, string name, JsonElement value, int depth) => value.ValueKind switch
    {
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => JsonNode.Parse(value.GetRawText()),
        JsonValueKind.String => value.GetString() is { Length: <= MaxText } text && IsShown(name, text) ? JsonValue.Create(text) : null,
        JsonValueKind.Object when depth < MaxDepth => Nested(entry, name, value, depth),
        JsonValueKind.Array when depth < MaxDepth => List(entry, name, value, depth),
        _ => null,
    };

    private static JsonObject? Nested(PublicEvent entry, string name, JsonElement value, int depth)
    {
        var shown = new JsonObject();
        foreach (var member in value.EnumerateObject().Take(MaxItems))
        {
            var inner = name == entry.Fault && member is { Name: "code" or "message", Value.ValueKind: JsonValueKind.String } ? Cut(member.Value.GetString()!) : Value(entry, member.Name, member.Value, depth + 1);
            if (inner is not null)
                shown[Camel(member.Name)] = inner;
        }

        return shown.Count > 0 ? shown : null;
    }

    private static JsonArray? List(PublicEvent entry, string name, JsonElement value, int depth)
    {
        var shown = new JsonArray([.. value.EnumerateArray().Take(MaxItems).Select(item => Value(entry, name, item, depth + 1)).Where(item => item is not null)]);
        return shown.Count > 0 ? shown : null;
    }

    private static JsonValue Cut(string text) => JsonValue.Create(text.Length > MaxMessage ? text[..MaxMessage] : text);

    private static bool IsShown(string name, string text) => name == "id" || Names.Contains(name) || Endings.Any(ending => name.EndsWith(ending, StringComparison.Ordinal))
        || (Words.Contains(name) && text.All(letter => char.IsAsciiLetterLower(letter) || letter == '_'));

    private static string Camel(string name)
    {
        var parts = name.Split('_', StringSplitOptions.RemoveEmptyEntries);
        return string.Concat(parts.Select((part, index) => index == 0 ? part : char.ToUpperInvariant(part[0]) + part[1..]));
    }
}
