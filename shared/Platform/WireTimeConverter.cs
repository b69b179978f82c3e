using System.Text.Json;
using System.Text.Json.Serialization;

namespace Platform;

/// <summary>Reads and writes times as <see cref="WireTime"/> has them.</summary>
public sealed class WireTimeConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && WireTime.TryParse(reader.GetString(), out var time) ? time : throw new JsonException("Not an ISO 8601 time");

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[32];
        WireTime.TryFormat(value, text, out var written);
        writer.WriteStringValue(text[..written]);
    }
}
