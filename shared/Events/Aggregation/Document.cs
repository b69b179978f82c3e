using System.Text.Json;

namespace Platform.Events.Aggregation;

/// <summary>What a path finds where there is nothing; JSON's null is something.</summary>
internal sealed class Missing
{
    public static readonly Missing Value = new();

    private Missing()
    {
    }
}

/// <summary>An object of the pipeline with its members in order; never changed once it is built.</summary>
internal sealed class Document
{
    private readonly OrderedDictionary<string, object?> _members = new(StringComparer.Ordinal);

    /// <summary>Members that are missing are left out; of two with one name the later wins.</summary>
    public Document(IEnumerable<KeyValuePair<string, object?>> members)
    {
        foreach (var (name, value) in members.Where(member => member.Value is not Missing))
            _members[name] = value;
        Weight = Values.Checked(_members.Sum(member => Values.Weigh(member.Value) + member.Key.Length));
    }

    public IReadOnlyDictionary<string, object?> Members => _members;

    /// <summary>Its size in characters, roughly.</summary>
    public long Weight { get; }

    public object? this[string name] => _members.TryGetValue(name, out var value) ? value : Missing.Value;

    public OrderedDictionary<string, object?> Copy() => new(_members, StringComparer.Ordinal);
}

/// <summary>A list of the pipeline; never changed once it is built.</summary>
internal sealed class ValueList
{
    public ValueList(IReadOnlyList<object?> items)
    {
        Items = items;
        Weight = Values.Checked(items.Sum(Values.Weigh));
    }

    public IReadOnlyList<object?> Items { get; }

    /// <summary>Its size in characters, roughly.</summary>
    public long Weight { get; }
}

/// <summary>The values of the pipeline: null, <see cref="Missing"/>, bool, long, double, string, time, <see cref="Document"/> and <see cref="ValueList"/>.</summary>
internal static class Values
{
    private const long Heaviest = 32 << 20; // more than any event; what grows beyond it was made to grow
    private const int PerValue = 16;

    public static object? FromJson(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => new Document(element.EnumerateObject().Select(member => KeyValuePair.Create(member.Name, FromJson(member.Value)))),
        JsonValueKind.Array => new ValueList([.. element.EnumerateArray().Select(FromJson)]),
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.TryGetInt64(out var whole) ? whole : element.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    public static bool IsNothing(object? value) => value is null or Missing;

    public static long Weigh(object? value) => PerValue + value switch
    {
        string text => text.Length,
        Document document => document.Weight,
        ValueList list => list.Weight,
        _ => 0,
    };

    public static long Checked(long weight) => weight <= Heaviest ? weight : throw new PipelineRefusedException("A value of the pipeline becomes too large");

    public static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case Document document:
                json.WriteStartObject();
                foreach (var (name, member) in document.Members)
                {
                    json.WritePropertyName(name);
                    Write(json, member);
                }

                json.WriteEndObject();
                break;
            case ValueList list:
                json.WriteStartArray();
                foreach (var item in list.Items)
                    Write(json, item);
                json.WriteEndArray();
                break;
            default:
                WriteScalar(json, value);
                break;
        }
    }

    private static void WriteScalar(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case string text:
                json.WriteStringValue(text);
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case long whole:
                json.WriteNumberValue(whole);
                break;
            case double real when double.IsFinite(real):
                json.WriteNumberValue(real);
                break;
            case DateTimeOffset time:
                json.WriteStringValue(WireTime.ToText(time));
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }
}
