using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Platform.Outbound;

/// <summary>One exception of the SSRF guard: a host name (compared without case) or a network, on all ports or one.</summary>
public sealed record AllowEntry(string? Host, IPNetwork? Network, int? Port)
{
    /// <summary>The entry of exactly an operator's base URL: its host on its port.</summary>
    public static AllowEntry Of(Uri address) => TryParse($"{(address.HostNameType == UriHostNameType.IPv6 ? address.Host : address.IdnHost)}:{address.Port}")
        ?? throw new ArgumentException("The address has no host that could be allowed", nameof(address));

    /// <summary>Reads <c>host</c>, <c>host:port</c>, <c>10.0.0.0/8</c>, <c>10.1.2.3:8080</c>, <c>fd00::/8</c> or <c>[fd00::1]:8080</c>; null when it is none of them.</summary>
    public static AllowEntry? TryParse(string text)
    {
        text = text.Trim();
        if (TryNetwork(text.Trim('[', ']')) is { } whole)
            return new AllowEntry(null, whole, null);

        int? port = null;
        if (text.LastIndexOf(':') is var colon and > 0)
        {
            if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 65535)
                return null;
            port = number;
            text = text[..colon];
        }

        if (TryNetwork(text.Trim('[', ']')) is { } network)
            return new AllowEntry(null, network, port);
        return Uri.CheckHostName(text) == UriHostNameType.Dns ? new AllowEntry(text.TrimEnd('.').ToLowerInvariant(), null, port) : null;
    }

    public bool CoversHost(string host, int port) => Host is not null && HasPort(port) && string.Equals(host, Host, StringComparison.OrdinalIgnoreCase);

    public bool CoversAddress(IPAddress address, int port) => Network is { } network && HasPort(port) && network.Contains(address);

    private bool HasPort(int port) => Port is null || Port == port;

    private static IPNetwork? TryNetwork(string text)
    {
        if (IPNetwork.TryParse(text, out var network))
            return network;
        // IPAddress reads "1" or "0x7f.1" as addresses too; an allow list takes only the usual spellings.
        if (!IPAddress.TryParse(text, out var address) || (address.AddressFamily == AddressFamily.InterNetwork && address.ToString() != text))
            return null;
        return new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
    }
}
