using System.Globalization;
using System.Text;
using EmbeddedFunctions.Durable.Storage;
using Microsoft.AspNetCore.WebUtilities;

namespace EmbeddedFunctions.Management;

/// <summary>Where a list goes on, as opaque text.</summary>
internal static class PageToken
{
    public const string Header = "x-ms-continuation-token";

    /// <summary>Null when that was the last page.</summary>
    public static string? Next(List<StoredInstance> page, int limit) =>
        page.Count < limit ? null : Write($"{page[^1].Header.CreatedAt.Ticks} {page[^1].Header.InstanceId}");

    public static string Write(string text) => WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(text));

    public static (DateTime CreatedAt, string InstanceId)? Read(string? token)
    {
        if (ReadText(token) is not { } text)
            return null;

        var space = text.IndexOf(' ', StringComparison.Ordinal);
        return space > 0 && long.TryParse(text.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTime.MaxValue.Ticks
            ? (new DateTime(ticks, DateTimeKind.Utc), text[(space + 1)..])
            : throw new ArgumentException("The continuation token is not one of this list.");
    }

    public static string? ReadText(string? token)
    {
        if (string.IsNullOrEmpty(token))
            return null;

        try
        {
            return Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(token));
        }
        catch (FormatException e)
        {
            throw new ArgumentException("The continuation token is not one of this list.", e);
        }
    }
}
