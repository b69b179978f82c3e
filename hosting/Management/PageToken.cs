using System.Globalization;
using System.Text;
using EmbeddedFunctions.Durable.Storage;
using Microsoft.AspNetCore.WebUtilities;

namespace EmbeddedFunctions.Management;

/// <summary>Where a list of instances goes on, as opaque text.</summary>
internal static class PageToken
{
    /// <summary>Null when that was the last page.</summary>
    public static string? Next(List<StoredInstance> page, int limit) =>
        page.Count < limit ? null : WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes($"{page[^1].Header.CreatedAt.Ticks} {page[^1].Header.InstanceId}"));

    public static (DateTime CreatedAt, string InstanceId)? Read(string? token)
    {
        if (string.IsNullOrEmpty(token))
            return null;

        try
        {
            var text = Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(token));
            var space = text.IndexOf(' ', StringComparison.Ordinal);
            return (new DateTime(long.Parse(text.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture), DateTimeKind.Utc), text[(space + 1)..]);
        }
        catch (Exception e) when (e is FormatException or ArgumentOutOfRangeException or OverflowException)
        {
            throw new ArgumentException("The continuation token is not one of this list.", e);
        }
    }
}
