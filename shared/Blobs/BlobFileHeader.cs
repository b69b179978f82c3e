using System.Text.Json;

namespace Platform.Blobs;

/// <summary>The first 1024 bytes of a blob file: one line of JSON with type, length, hash and time, padded with spaces to a line break.</summary>
internal static class BlobFileHeader
{
    public const int Length = 1024;
    private const int MaxContentTypeLength = 256;

    public static byte[] Write(BlobProperties properties)
    {
        if (properties.ContentType.Length > MaxContentTypeLength)
            throw new ArgumentException("The content type is too long", nameof(properties));
        var header = new byte[Length];
        header.AsSpan().Fill((byte)' ');
        header[^1] = (byte)'\n';
        var fields = new Fields(properties.ContentType, properties.Length, properties.Sha256, properties.CreatedAt);
        JsonSerializer.SerializeToUtf8Bytes(fields).CopyTo(header, 0);
        return header;
    }

    /// <summary>Reads the header and leaves the file at the content. Throws <see cref="InvalidDataException"/> when the file is not a whole blob.</summary>
    public static async Task<BlobProperties> ReadAsync(FileStream file, string key, CancellationToken ct)
    {
        var header = new byte[Length];
        if (await file.ReadAtLeastAsync(header, Length, throwOnEndOfStream: false, ct) < Length)
            throw new InvalidDataException("The blob file is damaged");
        try
        {
            var fields = JsonSerializer.Deserialize<Fields>(header);
            if (fields is not null && file.Length == Length + fields.Length)
                return new BlobProperties(key, fields.Length, fields.ContentType, fields.Sha256, fields.CreatedAt);
        }
        catch (JsonException)
        {
            // Reported below without the parser's text, which quotes the content.
        }

        throw new InvalidDataException("The blob file is damaged");
    }

    private sealed record Fields(string ContentType, long Length, string Sha256, DateTimeOffset CreatedAt);
}
