using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Platform.Functions.Http;

/// <summary>What separates the parts of a <c>multipart/form-data</c> body.</summary>
internal static class MultipartBoundary
{
    private const int MaxLength = 70; // RFC 2046

    /// <summary>Null when the body is no such one, or has no good boundary.</summary>
    public static string? Of(HttpRequest request)
    {
        if (request.ContentType?.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase) != true || !MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
            return null;
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        return boundary.Length is > 0 and <= MaxLength ? boundary : null;
    }
}
