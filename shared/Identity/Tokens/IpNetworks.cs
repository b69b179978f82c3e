using System.Net;

namespace Platform.Identity;

/// <summary>Networks in CIDR form; an address alone is a network of itself.</summary>
public static class IpNetworks
{
    public static bool TryParse(string text, out IPNetwork network)
    {
        if (text.Contains('/', StringComparison.Ordinal))
            return IPNetwork.TryParse(text, out network);
        network = default;
        if (!IPAddress.TryParse(text, out var address))
            return false;
        network = new IPNetwork(address, address.GetAddressBytes().Length * 8);
        return true;
    }

    /// <summary>Whether every address of <paramref name="inner"/> is in one of <paramref name="outer"/>.</summary>
    public static bool Cover(IEnumerable<string> outer, string inner) => TryParse(inner, out var narrow)
        && outer.Any(text => TryParse(text, out var wide) && wide.PrefixLength <= narrow.PrefixLength && wide.Contains(narrow.BaseAddress));
}
