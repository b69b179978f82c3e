using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Platform.Outbound;

/// <summary>Resolves a host name; the seam where tests play a name server.</summary>
public delegate Task<IPAddress[]> ResolveHost(string host, CancellationToken ct);

/// <summary>
/// The SSRF guard: decides which URLs, hosts and addresses may be reached on behalf of users, and connects to exactly the address it has checked
/// (a name that resolves differently a moment later changes nothing).
/// </summary>
public sealed class OutboundGuard(IOptions<OutboundOptions> options, ResolveHost resolve)
{
    private const int MaxUrlLength = 2048;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private readonly OutboundOptions _options = options.Value;
    private readonly AllowEntry[] _allow = [.. options.Value.AllowHosts.Select(AllowEntry.TryParse).OfType<AllowEntry>()];
    private readonly IReadOnlyList<PortRange> _ports = options.Value.Ports.Count == 0
        ? PortRange.Default
        : [.. options.Value.Ports.Select(PortRange.TryParse).OfType<PortRange>()];

    /// <summary>
    /// The check when a URL is saved: form (absolute http(s), at most 2048 characters, no credentials), scheme, host, port, and every rule on the addresses
    /// that the name has now. Sending checks again.
    /// </summary>
    public async Task<Result<Uri>> CheckAsync(string url, OutboundPolicy policy, CancellationToken ct)
    {
        if (url.Length > MaxUrlLength || !Uri.TryCreate(url, UriKind.Absolute, out var uri))
            return OutboundErrors.Malformed;
        if (CheckUri(uri, policy) is { } refusal)
            return refusal;
        var addresses = await ResolveAsync(uri.IdnHost, uri.Port, policy, ct);
        return addresses.IsOk ? uri : addresses.Error;
    }

    /// <summary>The part of the check that needs no name server.</summary>
    public Error? CheckUri(Uri uri, OutboundPolicy policy)
    {
        if (uri.Scheme is not ("http" or "https") || uri.IdnHost.Length == 0)
            return OutboundErrors.Malformed;
        if (uri.UserInfo.Length > 0)
            return OutboundErrors.UserInfo;
        if (uri.Scheme == "http" && !_options.AllowHttp && !policy.AllowHttp)
            return OutboundErrors.Scheme;
        return CheckHost(uri.IdnHost, uri.Port, policy);
    }

    /// <summary>The allowed addresses of a host, in the resolver's order; a refusal when there is none.</summary>
    public async Task<Result<IPAddress[]>> ResolveAsync(string host, int port, OutboundPolicy policy, CancellationToken ct)
    {
        host = host.Trim('[', ']').TrimEnd('.');
        if (CheckHost(host, port, policy) is { } refusal)
            return refusal;
        IPAddress[] found;
        try
        {
            found = IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, ct);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return OutboundErrors.Unresolvable;
        }

        if (found.Length == 0)
            return OutboundErrors.Unresolvable;
        var allowed = Array.FindAll(found, address => IsAllowed(host, address, port, policy));
        return allowed.Length > 0 ? allowed : OutboundErrors.Address;
    }

    /// <summary>A connected socket to one of the host's allowed addresses; tries them in order. Throws <see cref="OutboundException"/>.</summary>
    public async Task<Socket> ConnectAsync(string host, int port, OutboundPolicy policy, CancellationToken ct)
    {
        var addresses = await ResolveAsync(host, port, policy, ct);
        if (!addresses.IsOk)
        {
            var failure = addresses.Error == OutboundErrors.Unresolvable ? OutboundFailure.Unresolvable : OutboundFailure.Refused;
            throw new OutboundException(failure, addresses.Error.Message);
        }

        Exception? last = null;
        foreach (var address in addresses.Value)
        {
            try
            {
                return await ConnectAsync(address, port, ct);
            }
            catch (Exception e) when (e is SocketException or TimeoutException)
            {
                last = e;
            }
        }

        throw new OutboundException(last is TimeoutException ? OutboundFailure.Timeout : OutboundFailure.Network, "The connection could not be made", last);
    }

    private static async Task<Socket> ConnectAsync(IPAddress address, int port, CancellationToken ct)
    {
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(ConnectTimeout);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), limit.Token);
            return socket;
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is OperationCanceledException && !ct.IsCancellationRequested)
                throw new TimeoutException("No connection in time", e);
            throw;
        }
    }

    private Error? CheckHost(string host, int port, OutboundPolicy policy)
    {
        if (policy.OnlyHosts is { } only && !only.Contains(host.TrimEnd('.')))
            return OutboundErrors.Host;
        // Whether an entry with this port covers the host's addresses is known only when they are.
        return IsUsualPort(port, policy) || Entries(policy).Any(entry => entry.Port == port) ? null : OutboundErrors.Port;
    }

    private bool IsAllowed(string host, IPAddress address, int port, OutboundPolicy policy)
    {
        var real = AddressRules.Normalize(address);
        var exceptions = Entries(policy).Where(entry => entry.CoversHost(host, port) || entry.CoversAddress(real, port)).ToArray();
        if (!IsUsualPort(port, policy) && !exceptions.Any(entry => entry.Port == port))
            return false;
        return exceptions.Length > 0 || AddressRules.IsPublic(real) || (_options.AllowPrivate && !AddressRules.IsMetadata(real));
    }

    private bool IsUsualPort(int port, OutboundPolicy policy) => policy.AnyPort || _ports.Any(range => range.Contains(port));

    private IEnumerable<AllowEntry> Entries(OutboundPolicy policy) => policy.Allow.Count == 0 ? _allow : _allow.Concat(policy.Allow);
}
