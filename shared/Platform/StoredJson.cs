using System.Text.Json;
using System.Text.Json.Serialization;

namespace Platform;

/// <summary>A JSON value as it is stored, and so it goes into an answer: whoever stored it had written it himself, on one line.</summary>
[JsonConverter(typeof(Converter))]
public readonly record struct StoredJson(string Text)
{
    private sealed class Converter : JsonConverter<StoredJson>
    {
        public override StoredJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(JsonElement.ParseValue(ref reader).GetRawText());

        public override void Write(Utf8JsonWriter writer, StoredJson value, JsonSerializerOptions options) => writer.WriteRawValue(value.Text ?? "null", skipInputValidation: true);
    }
}
