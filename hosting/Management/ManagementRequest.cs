using System.Globalization;
using System.Text;
using System.Text.Json;
using EmbeddedFunctions.DurableTask.Client;
using Microsoft.AspNetCore.Http;

namespace EmbeddedFunctions.Management;

/// <summary>Reads parameters of the management API. What cannot be read is an <see cref="ArgumentException"/> (400) and never ignored: a purge must not remove more than was meant.</summary>
internal static class ManagementRequest
{
    private const int MaxBody = 8 * 1024 * 1024;
    private const int MaxPage = 1_000;

    /// <summary>A segment of the path. The server leaves an escaped slash alone, since it cannot know that it is none.</summary>
    public static string Segment(HttpContext http, string name) => ((string)http.Request.RouteValues[name]!).Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    public static string? Text(HttpContext http, string name) => http.Request.Query[name].ToString() is { Length: > 0 } text ? text : null;

    public static bool Flag(HttpContext http, string name, bool fallback) => Text(http, name) is not { } text
        ? fallback
        : bool.TryParse(text, out var value) ? value : throw new ArgumentException($"'{name}' must be true or false.");

    public static DateTimeOffset? Time(HttpContext http, string name) => Text(http, name) is not { } text
        ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var value) ? value : throw new ArgumentException($"'{name}' must be a time such as 2026-01-31T12:00:00Z.");

    /// <summary>A number of seconds.</summary>
    public static TimeSpan? Duration(HttpContext http, string name) => Text(http, name) is not { } text
        ? null
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value <= int.MaxValue
            ? TimeSpan.FromSeconds(value)
            : throw new ArgumentException($"'{name}' must be a number of seconds.");

    public static int Top(HttpContext http, int fallback) => Text(http, "top") is not { } text
        ? fallback
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0 ? Math.Min(value, MaxPage) : throw new ArgumentException("'top' must be a number above zero.");

    public static List<OrchestrationRuntimeStatus> Statuses(HttpContext http)
    {
        var names = http.Request.Query["runtimeStatus"].SelectMany(value => (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return [.. names.Select(Status)];
    }

    /// <summary>The body as JSON; null when there is none.</summary>
    public static async Task<JsonElement?> BodyAsync(HttpContext http)
    {
        using var text = await ReadAsync(http);
        return text.Length == 0 ? null : JsonSerializer.Deserialize<JsonElement>(text.GetBuffer().AsSpan(0, (int)text.Length));
    }

    /// <summary>The body as text in UTF-8; null when there is none.</summary>
    public static async Task<string?> TextBodyAsync(HttpContext http)
    {
        using var text = await ReadAsync(http);
        return text.Length == 0 ? null : Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    public static string Origin(HttpContext http) => $"{http.Request.Scheme}://{http.Request.Host}";

    private static async Task<MemoryStream> ReadAsync(HttpContext http)
    {
        var text = new MemoryStream();
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await http.Request.Body.ReadAsync(chunk, http.RequestAborted)) > 0)
        {
            if (text.Length + read > MaxBody)
                throw new BadHttpRequestException($"The body is larger than {MaxBody / 1024 / 1024} MB.", StatusCodes.Status413PayloadTooLarge);
            text.Write(chunk, 0, read);
        }

        return text;
    }

    private static OrchestrationRuntimeStatus Status(string name) =>
        Enum.TryParse<OrchestrationRuntimeStatus>(name, ignoreCase: true, out var status) && Enum.IsDefined(status) && !char.IsAsciiDigit(name[0])
            ? status
            : throw new ArgumentException($"'{name}' is no runtime status.");
}
