using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace Platform.Functions.Http;

internal static class JsonBodyReader
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = WireJson.MaxDepth };

    public static async ValueTask<Result<T>> ReadAsync<T>(ApiRequest request, CancellationToken ct)
        where T : class
    {
        if (await request.Body.ReadAsync(ct) is not { } bytes)
            return RequestErrors.TooLarge;

        var shapes = ShapeCatalog.For(request.Family);
        var shape = shapes.Get(typeof(T));
        if (bytes.IsEmpty)
            return shape is ObjectShape { AllOptional: true } ? Read<T>("{}"u8.ToArray(), shape, shapes.Wire) : Missing;
        if (!IsJson(request.Http.Request))
            return RequestErrors.MediaType;
        return Read<T>(bytes, shape, shapes.Wire);
    }

    /// <summary>Reads JSON that came as the text of a form's part, by the same rules as a body.</summary>
    public static Result<T> Parse<T>(string text, Family family)
        where T : class
    {
        var shapes = ShapeCatalog.For(family);
        return Read<T>(System.Text.Encoding.UTF8.GetBytes(text), shapes.Get(typeof(T)), shapes.Wire);
    }

    private static Error Missing => Error.Invalid(new Problem(["body"], "Field required", "missing"));

    private static Result<T> Read<T>(ReadOnlyMemory<byte> utf8, TypeShape shape, WireJson wire)
        where T : class
    {
        if (!Utf8.IsValid(utf8.Span))
            return RequestErrors.InvalidJson();
        try
        {
            using var document = JsonDocument.Parse(utf8, Strict);
            return shape.Read<T>(utf8.Span, document.RootElement, wire, new ProblemList("body"));
        }
        catch (JsonException)
        {
            return RequestErrors.InvalidJson();
        }
    }

    private static bool IsJson(HttpRequest request)
    {
        if (request.ContentType is not { Length: > 0 } contentType)
            return true;
        var end = contentType.IndexOf(';', StringComparison.Ordinal);
        var media = (end < 0 ? contentType.AsSpan() : contentType.AsSpan(0, end)).Trim();
        return media.Equals("application/json", StringComparison.OrdinalIgnoreCase) || media.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
    }
}
