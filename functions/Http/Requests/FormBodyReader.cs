using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Platform.Functions.Http;

/// <summary>Reads a form through the same shapes and rules as a JSON body of strings.</summary>
internal static class FormBodyReader
{
    private const string MediaType = "application/x-www-form-urlencoded";

    private static readonly Encoding StrictUtf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static async ValueTask<Result<T>> ReadAsync<T>(ApiRequest request, CancellationToken ct)
        where T : class
    {
        if (await request.Body.ReadAsync(ct) is not { } bytes)
            return RequestErrors.TooLarge;
        if (!IsForm(request.Http.Request))
            return Error.Invalid(Problem.Header("content-type", $"Content type should be {MediaType}", "value_error"));
        try
        {
            var fields = Parse(StrictUtf8.GetString(bytes.Span));
            var shapes = ShapeCatalog.For(request.Family);
            return shapes.Get(typeof(T)).Read<T>("\\u0000"u8, JsonSerializer.SerializeToElement(fields), shapes.Wire, new ProblemList("body")); // its text is always looked through
        }
        catch (Exception fault) when (fault is DecoderFallbackException or InvalidDataException)
        {
            return Error.Invalid(new Problem(["body"], "Form should be valid UTF-8 of bounded size", "value_error"));
        }
    }

    private static Dictionary<string, string> Parse(string text)
    {
        using var reader = new FormReader(text) { ValueCountLimit = 64, KeyLengthLimit = 256, ValueLengthLimit = 64 * 1024 };
        return reader.ReadForm().ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal);
    }

    private static bool IsForm(HttpRequest request) => request.ContentType?.StartsWith(MediaType, StringComparison.OrdinalIgnoreCase) ?? false;
}
