using System.Net;
using System.Net.Sockets;

namespace Platform.Outbound;

/// <summary>
/// Which addresses are on the public internet. The lists follow IANA's special-purpose address registries (RFC 6890 and its updates); an IPv6 address that
/// carries an IPv4 one (mapped, compatible, NAT64) counts as that IPv4 address, and tunnels whose end nobody can tell (6to4, Teredo, ISATAP) count as not public.
/// </summary>
public static class AddressRules
{
    private static readonly IPNetwork[] NotPublicV4 = Networks(
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24",
        "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4");

    private static readonly IPNetwork GlobalUnicastV6 = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] NotPublicV6 = Networks("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20");

    private static readonly IPNetwork[] Metadata = Networks(
        "169.254.0.0/16",       // AWS, Azure, Google and most others; ECS at .170.2
        "168.63.129.16/32",     // Azure's wire server, an address of the public range
        "100.100.100.200/32",   // Alibaba
        "192.0.0.192/32",       // Oracle
        "fd00:ec2::/32",        // AWS over IPv6
        "fd20:ce::/32",         // Google over IPv6
        "fe80::/10");

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork Compatible = IPNetwork.Parse("::/96");

    /// <summary>True for addresses that anyone on the internet could reach too.</summary>
    public static bool IsPublic(IPAddress address)
    {
        address = Normalize(address);
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return !Contains(NotPublicV4, address) && !Contains(Metadata, address);
        return GlobalUnicastV6.Contains(address) && !Contains(NotPublicV6, address) && !IsIsatap(address);
    }

    /// <summary>True for addresses where clouds serve credentials to their machines, and for all of link-local.</summary>
    public static bool IsMetadata(IPAddress address) => Contains(Metadata, Normalize(address));

    /// <summary>The address that a connection really goes to: the IPv4 one inside mapped, compatible and NAT64 forms, without the scope of an IPv6 one.</summary>
    public static IPAddress Normalize(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        if (Nat64.Contains(new IPAddress(bytes)) || (Compatible.Contains(new IPAddress(bytes)) && bytes.AsSpan(12).IndexOfAnyExcept((byte)0) is 0))
            return new IPAddress(bytes.AsSpan(12));
        return new IPAddress(bytes);
    }

    private static bool IsIsatap(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return (bytes[8] & 0xFD) == 0 && bytes[9] == 0 && bytes[10] == 0x5E && bytes[11] == 0xFE;
    }

    private static bool Contains(IPNetwork[] networks, IPAddress address)
    {
        foreach (var network in networks)
        {
            if (network.Contains(address))
                return true;
        }

        return false;
    }

    private static IPNetwork[] Networks(params string[] texts) => [.. texts.Select(text => IPNetwork.Parse(text))];
}
