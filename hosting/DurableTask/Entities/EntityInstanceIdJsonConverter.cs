using System.Text.Json;
using System.Text.Json.Serialization;

namespace EmbeddedFunctions.DurableTask.Entities;

/// <summary>An entity's id in JSON: the text <c>@name@key</c>.</summary>
internal sealed class EntityInstanceIdJsonConverter : JsonConverter<EntityInstanceId>
{
    public override EntityInstanceId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is { Length: > 0 } text ? EntityInstanceId.FromString(text) : default;

    public override void Write(Utf8JsonWriter writer, EntityInstanceId value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
