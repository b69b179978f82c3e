using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Platform.Databases;

/// <summary>Writes values, which the server sends as text, as JSON (delivery.md §8.3).</summary>
internal static class PostgresValue
{
    private const int DateLength = 10;

    public static void Write(Utf8JsonWriter writer, PostgresType type, string text)
    {
        if (type.Element != 0 && PostgresArray.IsArray(text))
            PostgresArray.Write(writer, PostgresTypes.Find(type.Element) ?? new PostgresType(type.Element, "", 0), text);
        else
            WriteOne(writer, type.Id, text);
    }

    internal static void WriteOne(Utf8JsonWriter writer, uint type, string text)
    {
        switch (type)
        {
            case PostgresTypes.Bool:
                writer.WriteBooleanValue(text == "t");
                break;
            case PostgresTypes.SmallInt or PostgresTypes.Integer or PostgresTypes.BigInt or PostgresTypes.Oid when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole):
                JsonRows.WriteInteger(writer, whole);
                break;
            case PostgresTypes.Real or PostgresTypes.Double when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number):
                WriteReal(writer, number, text);
                break;
            case PostgresTypes.Bytea when text.StartsWith("\\x", StringComparison.Ordinal):
                writer.WriteStartObject();
                writer.WriteBase64String("$base64"u8, Convert.FromHexString(text.AsSpan(2)));
                writer.WriteEndObject();
                break;
            case PostgresTypes.Json or PostgresTypes.Jsonb when JsonRows.IsDocument(Encoding.UTF8.GetBytes(text)):
                writer.WriteRawValue(OnOneLine(text), skipInputValidation: true);
                break;
            case PostgresTypes.Timestamp:
                writer.WriteStringValue(ToIso(text));
                break;
            case PostgresTypes.TimestampTz:
                writer.WriteStringValue(ToIsoWithZone(text));
                break;
            default:
                writer.WriteStringValue(text);
                break;
        }
    }

    // A real has fewer digits than a double: 0.1 stays 0.1.
    private static void WriteReal(Utf8JsonWriter writer, double number, string text)
    {
        if (double.IsFinite(number))
            writer.WriteRawValue(text, skipInputValidation: true);
        else
            JsonRows.WriteReal(writer, number);
    }

    // Line breaks of a json value are its author's layout; in strings there are none.
    private static string OnOneLine(string json) => json.AsSpan().IndexOfAny('\n', '\r') < 0 ? json : json.Replace('\n', ' ').Replace('\r', ' ');

    private static string ToIso(string text) =>
        text.Length > DateLength && text[DateLength] == ' ' && !text.EndsWith("BC", StringComparison.Ordinal) ? $"{text[..DateLength]}T{text[(DateLength + 1)..]}" : text;

    private static string ToIsoWithZone(string text)
    {
        var iso = ToIso(text);
        if (ReferenceEquals(iso, text) || iso.LastIndexOfAny(['+', '-']) is var sign && sign < DateLength)
            return iso;
        var zone = iso[sign..];
        return zone == "+00" ? $"{iso[..sign]}Z" : zone.Length == 3 ? $"{iso}:00" : iso;
    }
}
