using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Platform.Functions.Http;

/// <summary>Reads the text parts of an upload through the same shapes and rules as a JSON body of strings, and at most one file.</summary>
internal static class MultipartBodyReader
{
    private const int MaxParts = 64;
    private const int MaxTextBytes = 64 * 1024;

    private static readonly Encoding StrictUtf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static async ValueTask<Result<Upload<T>>> ReadAsync<T>(ApiRequest request, CancellationToken ct)
        where T : class
    {
        if (MultipartBoundary.Of(request.Http.Request) is not { } boundary)
            return RequestErrors.MediaType;
        if (await request.Body.ReadAsync(ct) is not { } bytes)
            return RequestErrors.TooLarge;
        try
        {
            var (texts, file) = await ReadPartsAsync(bytes, boundary, request.Operation.UploadPart, ct);
            var shapes = ShapeCatalog.For(request.Family);
            var fields = shapes.Get(typeof(T)).Read<T>("\\u0000"u8, JsonSerializer.SerializeToElement(texts), shapes.Wire, new ProblemList("body")); // its text is always looked through
            return fields.IsOk ? new Upload<T>(fields.Value, file) : fields.Error;
        }
        catch (Exception fault) when (fault is DecoderFallbackException or InvalidDataException or IOException)
        {
            return Error.Invalid(new Problem(["body"], "Form should be valid UTF-8 of bounded size, with one file at most", "value_error"));
        }
    }

    private static async Task<(Dictionary<string, string> Texts, UploadedFile? File)> ReadPartsAsync(ReadOnlyMemory<byte> body, string boundary, string filePart, CancellationToken ct)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        UploadedFile? file = null;
        using var stream = StreamOf(body);
        var reader = new MultipartReader(boundary, stream);
        for (var parts = 0; await reader.ReadNextSectionAsync(ct) is { } section; parts++)
        {
            if (parts == MaxParts || !ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
                throw new InvalidDataException();
            var content = await ContentAsync(section, ct);
            if (disposition.IsFileDisposition())
                file = file is null ? FileOf(disposition, filePart, section.ContentType, content) : throw new InvalidDataException();
            else if (content.Length > MaxTextBytes || !texts.TryAdd(NameOf(disposition), StrictUtf8.GetString(content)))
                throw new InvalidDataException();
        }

        return (texts, file);
    }

    private static UploadedFile FileOf(ContentDispositionHeaderValue disposition, string part, string? contentType, byte[] content) => NameOf(disposition) == part
        ? new UploadedFile(HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).ToString(), contentType, content)
        : throw new InvalidDataException();

    private static string NameOf(ContentDispositionHeaderValue disposition) => HeaderUtilities.RemoveQuotes(disposition.Name).ToString();

    private static async Task<byte[]> ContentAsync(MultipartSection section, CancellationToken ct)
    {
        using var content = new MemoryStream();
        await section.Body.CopyToAsync(content, ct);
        return content.ToArray();
    }

    private static MemoryStream StreamOf(ReadOnlyMemory<byte> body) => MemoryMarshal.TryGetArray(body, out var bytes)
        ? new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false)
        : new MemoryStream(body.ToArray(), writable: false);
}
