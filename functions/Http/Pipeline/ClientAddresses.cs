using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Platform.Functions.Http;

/// <summary>The address of the client: the peer's, or what trusted proxies (<c>Platform:TrustedProxies</c>) say of it. Headers of others are not believed.</summary>
internal sealed class ClientAddresses(IOptions<PlatformOptions> options)
{
    private readonly IPNetwork[] _trusted = [.. options.Value.TrustedProxies.Select(Network)];

    /// <summary>Writes the client's address and scheme into the request and answers the address.</summary>
    public string Settle(HttpContext http)
    {
        var peer = Plain(http.Connection.RemoteIpAddress);
        if (_trusted.Length > 0 && IsTrusted(peer))
        {
            peer = Forwarded(http.Request, peer);
            http.Connection.RemoteIpAddress = peer;
            if (http.Request.Headers.TryGetValue("X-Forwarded-Proto", out var scheme) && scheme.ToString() is "https" or "http")
                http.Request.Scheme = scheme.ToString();
        }
        return peer.ToString();
    }

    private IPAddress Forwarded(HttpRequest request, IPAddress peer)
    {
        var hops = request.Headers["X-Forwarded-For"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        for (var i = hops.Length - 1; i >= 0; i--)
        {
            if (!IPEndPoint.TryParse(hops[i], out var hop))
                return peer;
            peer = Plain(hop.Address);
            if (!IsTrusted(peer))
                return peer;
        }
        return peer;
    }

    private bool IsTrusted(IPAddress address) => Array.Exists(_trusted, network => network.Contains(address));

    private static IPAddress Plain(IPAddress? address) => address switch
    {
        null => IPAddress.None,
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4(),
        _ => address,
    };

    private static IPNetwork Network(string text) =>
        text.Contains('/', StringComparison.Ordinal) ? IPNetwork.Parse(text) : new IPNetwork(IPAddress.Parse(text), IPAddress.Parse(text).GetAddressBytes().Length * 8);
}
