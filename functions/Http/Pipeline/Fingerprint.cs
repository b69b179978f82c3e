using System.Security.Cryptography;
using System.Text.Json;

namespace Platform.Functions.Http;

/// <summary>SHA-256 of a body in canonical form: members in order of their names, no blanks. What is not JSON counts as it is.</summary>
internal static class Fingerprint
{
    public static string Of(ReadOnlyMemory<byte> body)
    {
        using var buffer = new PooledBuffer();
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = WireJson.MaxDepth });
            using var writer = new Utf8JsonWriter(buffer);
            Write(writer, document.RootElement);
            writer.Flush();
            return Convert.ToHexStringLower(SHA256.HashData(buffer.Written.Span));
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return Convert.ToHexStringLower(SHA256.HashData(body.Span));   // the function will refuse it
        }
    }

    private static void Write(Utf8JsonWriter writer, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in element.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(property.Name);
                    Write(writer, property.Value);
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }
}
