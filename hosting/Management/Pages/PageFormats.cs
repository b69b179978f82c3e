using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EmbeddedFunctions.Management.Pages;

/// <summary>Times, durations and payloads as people read them.</summary>
internal static class PageFormats
{
    // A page stays usable; the management API gives the whole.
    private const int MaxPayload = 64 * 1024;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Time(DateTime utc) => utc.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    public static string Duration(TimeSpan time) => time switch
    {
        { Ticks: < 0 } => "0 ms",
        { TotalSeconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms"),
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
        { TotalHours: < 1 } => $"{time.Minutes} min {time.Seconds} s",
        { TotalDays: < 1 } => $"{time.Hours} h {time.Minutes} min",
        _ => $"{(int)time.TotalDays} d {time.Hours} h",
    };

    /// <summary>Indented JSON, cut when it is long.</summary>
    public static string Payload(string json)
    {
        if (json.Length > MaxPayload)
            return $"{json.AsSpan(0, MaxPayload)}\n… ({json.Length} characters)";

        try
        {
            return JsonSerializer.Serialize(JsonSerializer.Deserialize<JsonElement>(json), Indented);
        }
        catch (JsonException)
        {
            return json;
        }
    }
}
