using System.Globalization;
using System.Text;

namespace Platform.Sandbox.Egress;

/// <summary>The head of one proxy request: where it wants to go, and what the server there is to read.</summary>
/// <param name="Forward">The head in origin form for a plain request; null for CONNECT.</param>
internal sealed record EgressRequest(string Host, int Port, byte[]? Forward)
{
    /// <summary>Longest head, in bytes.</summary>
    public const int LongestHead = 64 << 10;

    // Of these the next hop learns nothing, or it would be told something wrong (RFC 9110 §7.6.1). Upgrade stays away with Connection.
    private static readonly string[] HopByHop = ["Connection", "Proxy-Connection", "Proxy-Authorization", "Proxy-Authenticate", "Keep-Alive", "TE", "Upgrade"];

    /// <summary>Reads a whole head without its empty line; null when it is no proxy request.</summary>
    public static EgressRequest? TryParse(ReadOnlySpan<byte> head)
    {
        var lines = Encoding.Latin1.GetString(head).Split("\r\n");
        if (lines[0].Split(' ') is not [var method, var target, "HTTP/1.1" or "HTTP/1.0"])
            return null;
        if (method == "CONNECT")
            return Uri.TryCreate($"tunnel://{target}/", UriKind.Absolute, out var authority) && authority.Port > 0 ? new EgressRequest(authority.IdnHost, authority.Port, null) : null;
        if (!Uri.TryCreate(target, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp || uri.UserInfo.Length > 0)
            return null;
        return new EgressRequest(uri.IdnHost, uri.Port, Encoding.Latin1.GetBytes(OriginForm(method, uri, lines[1..])));
    }

    private static string OriginForm(string method, Uri uri, string[] headers)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{method} {uri.PathAndQuery} HTTP/1.1\r\nHost: {uri.Authority}\r\n");
        foreach (var header in headers)
        {
            var name = header.Split(':')[0].Trim();
            if (!HopByHop.Contains(name, StringComparer.OrdinalIgnoreCase) && !name.Equals("Host", StringComparison.OrdinalIgnoreCase))
                text.Append(header).Append("\r\n");
        }
        // One request a connection: the next may be for another server.
        return text.Append("Connection: close\r\n\r\n").ToString();
    }
}
