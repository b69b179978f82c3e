using System.ComponentModel.DataAnnotations;

namespace Platform.Outbound;

/// <summary>Section <c>Outbound</c>: what the platform may connect to on behalf of its users.</summary>
public sealed class OutboundOptions : IValidatableObject
{
    public const string Section = "Outbound";

    /// <summary>Private, loopback and link-local addresses are allowed. Addresses of cloud metadata services stay refused.</summary>
    public bool AllowPrivate { get; set; }

    /// <summary>Exceptions: <c>host</c>, <c>address</c> or <c>address/bits</c>, each with an optional <c>:port</c> (IPv6 with a port in brackets).</summary>
    public IList<string> AllowHosts { get; } = [];

    /// <summary><c>http:</c> URLs are allowed besides <c>https:</c>.</summary>
    public bool AllowHttp { get; set; }

    /// <summary>Ports and ranges (<c>1024-65535</c>). Empty = 80, 443, 1024–65535.</summary>
    public IList<string> Ports { get; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var entry in AllowHosts.Where(entry => AllowEntry.TryParse(entry) is null))
            yield return new ValidationResult($"Outbound:AllowHosts: '{entry}' is no host, address or network", [nameof(AllowHosts)]);
        foreach (var range in Ports.Where(range => PortRange.TryParse(range) is null))
            yield return new ValidationResult($"Outbound:Ports: '{range}' is no port or range of ports", [nameof(Ports)]);
    }
}
