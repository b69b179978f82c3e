namespace Platform.Sandbox;

/// <summary>What a run may reach over the network.</summary>
public enum SandboxNetwork
{
    /// <summary>Nothing but its own loopback.</summary>
    None,

    /// <summary>HTTP and HTTPS to public addresses, through the platform's egress proxy and its SSRF guard; nothing else leaves. The usual variables
    /// (<c>HTTP_PROXY</c>, <c>HTTPS_PROXY</c> and their lower-case forms) name the proxy inside. Needs <c>socat</c> on the host.</summary>
    Public,
}
