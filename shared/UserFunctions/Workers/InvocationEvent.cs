using System.Runtime.InteropServices;
using System.Text.Json;

namespace Platform.UserFunctions;

/// <summary>What a handler is given.</summary>
/// <param name="Payload">Null and undefined are <c>null</c>.</param>
public sealed record InvocationEvent(JsonElement? Payload, IReadOnlyDictionary<string, string>? Headers)
{
    public static InvocationEvent Parse(string? json) => new(json is null ? null : JsonDocument.Parse(json).RootElement.Clone(), null);

    /// <summary>Of the payload as it came.</summary>
    internal long Bytes => Payload is { ValueKind: not JsonValueKind.Undefined } payload ? JsonMarshal.GetRawUtf8Value(payload).Length : 0;

    internal void WritePayload(Utf8JsonWriter writer)
    {
        if (Payload is { ValueKind: not JsonValueKind.Undefined } payload)
            writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(payload), skipInputValidation: true); // it was read from JSON
        else
            writer.WriteNullValue();
    }
}
