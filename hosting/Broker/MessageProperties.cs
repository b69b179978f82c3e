using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace EmbeddedFunctions.Broker;

/// <summary>
/// Application properties as JSON. Texts, booleans, whole numbers of 64 bits and fractions stand as they are; any other type is an object with the type's name and the value as text,
/// so that the receiver gets the type that was sent.
/// </summary>
internal static class MessageProperties
{
    private static readonly Dictionary<string, object> None = [];

    /// <summary>The JSON, or null when there are none; a value of another type than those of Service Bus throws <see cref="ArgumentException"/>.</summary>
    public static string? Write(IReadOnlyDictionary<string, object>? properties)
    {
        if (properties is not { Count: > 0 })
            return null;

        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, value) in properties)
            {
                json.WritePropertyName(name);
                Write(json, name, value);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static Dictionary<string, object> Read(string? json)
    {
        if (json is null)
            return None;

        using var document = JsonDocument.Parse(json);
        var properties = new Dictionary<string, object>();
        foreach (var property in document.RootElement.EnumerateObject())
            properties[property.Name] = Value(property.Value);
        return properties;
    }

    private static void Write(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                return;
            case string text:
                json.WriteStringValue(text);
                return;
            case bool flag:
                json.WriteBooleanValue(flag);
                return;
            case long number:
                json.WriteNumberValue(number);
                return;
        }

        json.WriteStartObject();
        json.WriteString(value.GetType().Name, value switch
        {
            DateTime or DateTimeOffset => ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture),
            int or double or float or decimal or short or ushort or byte or sbyte or uint or ulong or char or Guid or TimeSpan => Convert.ToString(value, CultureInfo.InvariantCulture)!,
            Uri uri => uri.OriginalString,
            _ => throw new ArgumentException($"The property '{name}' of a message cannot be a {value.GetType().Name}."),
        });
        json.WriteEndObject();
    }

    private static object Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null => null!,
        JsonValueKind.Number when value.TryGetInt64(out var number) => number,
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.Object => Typed(value.EnumerateObject().First()),
        _ => value.GetString()!,
    };

    private static object Typed(JsonProperty value)
    {
        var text = value.Value.GetString()!;
        var invariant = CultureInfo.InvariantCulture;
        return value.Name switch
        {
            nameof(Int32) => int.Parse(text, invariant),
            nameof(Double) => double.Parse(text, invariant),
            nameof(Single) => float.Parse(text, invariant),
            nameof(Decimal) => decimal.Parse(text, invariant),
            nameof(Int16) => short.Parse(text, invariant),
            nameof(UInt16) => ushort.Parse(text, invariant),
            nameof(Byte) => byte.Parse(text, invariant),
            nameof(SByte) => sbyte.Parse(text, invariant),
            nameof(UInt32) => uint.Parse(text, invariant),
            nameof(UInt64) => ulong.Parse(text, invariant),
            nameof(Char) => text[0],
            nameof(Guid) => Guid.Parse(text),
            nameof(TimeSpan) => TimeSpan.Parse(text, invariant),
            nameof(DateTime) => DateTime.Parse(text, invariant, DateTimeStyles.RoundtripKind),
            nameof(DateTimeOffset) => DateTimeOffset.Parse(text, invariant, DateTimeStyles.RoundtripKind),
            nameof(Uri) => new Uri(text, UriKind.RelativeOrAbsolute),
            _ => text,
        };
    }
}
