using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Platform.Outbound;

namespace Platform.Sandbox.Egress;

/// <summary>
/// The only way out of a sandbox: an HTTP proxy (RFC 9110 §9.3.6 CONNECT, RFC 9112 §3.2.2 absolute form) on a Unix socket of each run, which connects through the
/// SSRF guard to the address that it has checked. Without it a program could reach the loopback services of the host and a cloud's metadata addresses.
/// </summary>
public sealed class EgressProxy(OutboundGuard guard, ILogger<EgressProxy> logger)
{
    /// <summary>Where plain traffic is allowed as well: what a foreign program sends is its owner's business.</summary>
    private static readonly OutboundPolicy Policy = new("sandbox") { AllowHttp = true };

    /// <summary>Connections of one run at once; more wait.</summary>
    internal const int MostConnections = 128;

    /// <summary>Opens a way out for one run; disposing it ends all its connections.</summary>
    internal EgressGate Open(Action<EgressAttempt>? onAttempt) => new(this, onAttempt, logger);

    /// <summary>A connected socket to the host, or why not in words for users.</summary>
    internal async Task<(Socket? Socket, string? Refusal)> ConnectAsync(string host, int port, CancellationToken ct)
    {
        try
        {
            return (await guard.ConnectAsync(host, port, Policy, ct), null);
        }
        catch (OutboundException e)
        {
            return (null, e.Message);
        }
    }
}
