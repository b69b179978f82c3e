using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Platform.Events;

/// <summary>Holds a payload against the record of its event type: what is required must be there, and what is there must have the record's types.</summary>
internal static class EventPayload
{
    public static List<Problem> ProblemsOf(EventDescription type, JsonElement payload)
    {
        var problems = type.MissingFields(payload).Select(name => ProblemAt(name, "Field required", "missing")).ToList();
        foreach (var field in EventJson.Options.GetTypeInfo(type.ClrType).Properties)
        {
            if (payload.TryGetProperty(field.Name, out var value) && value.ValueKind != JsonValueKind.Null && !Fits(value, field))
                problems.Add(ProblemAt(field.Name, "Input is not of the field's type", "value_error"));
        }

        if (problems.Count == 0 && !IsStorable(payload))
            problems.Add(new Problem(["body", "payload"], "Numbers should be ones that 64 bits can hold", "value_error"));
        return problems;
    }

    /// <summary>Whether its numbers are ones that every reader understands: not every database keeps those with endless exponents.</summary>
    public static bool IsStorable(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().All(member => IsStorable(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().All(IsStorable),
        JsonValueKind.Number => IsStorable(element.GetDouble(), element.GetRawText()),
        _ => true,
    };

    private static bool IsStorable(double number, string text) =>
        double.IsFinite(number) && (number != 0 || !text.Split('e', 'E')[0].AsSpan().ContainsAnyInRange('1', '9'));

    private static bool Fits(JsonElement value, JsonPropertyInfo field)
    {
        try
        {
            return value.Deserialize(field.PropertyType, EventJson.Options) is not null;
        }
        catch (Exception misfit) when (misfit is JsonException or FormatException or InvalidOperationException or NotSupportedException)
        {
            return false;
        }
    }

    private static Problem ProblemAt(string field, string message, string type) => new(["body", "payload", field], message, type);
}
