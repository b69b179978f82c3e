using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Platform.Functions.Http;

/// <summary>
/// SHA-256 of a body in canonical form: JSON with members in order of their names and without blanks, a multipart body without its boundary, which clients draw
/// anew for every attempt. What is neither counts as it is.
/// </summary>
internal static class Fingerprint
{
    public static string Of(ReadOnlyMemory<byte> body, string? boundary = null) => boundary is null ? OfJson(body) : OfParts(body.Span, Encoding.UTF8.GetBytes($"--{boundary}"));

    private static string OfParts(ReadOnlySpan<byte> body, ReadOnlySpan<byte> delimiter)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var end = body.IndexOf(delimiter); end >= 0; end = body.IndexOf(delimiter))
        {
            hash.AppendData(body[..end]);
            hash.AppendData("--"u8);
            body = body[(end + delimiter.Length)..];
        }
        hash.AppendData(body);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string OfJson(ReadOnlyMemory<byte> body)
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
