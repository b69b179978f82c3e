using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Platform.Identity;

namespace Platform.Alertmanager;

/// <summary>Who may send alerts: who has the token, or, where none is set, who is near.</summary>
public sealed class AlertmanagerAccess(IOptions<AlertmanagerOptions> options)
{
    private const string Scheme = "Bearer ";

    private static readonly string[] Near = ["127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"];

    private static readonly Error NoToken = new(ErrorKind.Unauthenticated, "alertmanager.unauthenticated", "Not authenticated");
    private static readonly Error Far = Error.Forbidden("alertmanager.forbidden", "Alerts are accepted from the internal network only");

    private readonly byte[]? _token = options.Value.Token is { } token ? Hash(token) : null;
    private readonly IPNetwork[] _networks = [.. (options.Value.TrustedNetworks.Count == 0 ? Near : options.Value.TrustedNetworks.AsEnumerable()).Select(Parse)];

    /// <param name="authorization">The header, as it came.</param>
    /// <param name="peer">The client's real address.</param>
    public Error? Check(string? authorization, string peer)
    {
        if (_token is not null)
            return authorization?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) == true && CryptographicOperations.FixedTimeEquals(_token, Hash(authorization[Scheme.Length..].Trim())) ? null : NoToken;
        return IPAddress.TryParse(peer, out var address) && Array.Exists(_networks, network => network.Contains(Plain(address))) ? null : Far;
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static IPNetwork Parse(string text) => IpNetworks.TryParse(text, out var network) ? network : throw new FormatException($"'{text}' is no network");
}
