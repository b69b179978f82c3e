using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Platform.Functions.Events;

/// <summary>The headers of an exported file.</summary>
internal static class EventFile
{
    public static void Begin(HttpResponse response, string contentType, string extension, DateTimeOffset now)
    {
        response.ContentType = contentType;
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentDisposition = $"attachment; filename=events_export_{now.UtcDateTime.ToString("yyyyMMdd_HHmmss", CultureInfo.InvariantCulture)}.{extension}";
    }
}
