using System.ComponentModel.DataAnnotations;
using Platform.Identity;

namespace Platform.Alertmanager;

/// <summary>Section <c>Alertmanager</c>: alerts that Prometheus' Alertmanager sends.</summary>
public sealed class AlertmanagerOptions : IValidatableObject
{
    public const string Section = "Alertmanager";

    /// <summary>What the sender's <c>Authorization: Bearer</c> must be; without one, peers of <see cref="TrustedNetworks"/> are believed.</summary>
    [MinLength(16)]
    public string? Token { get; set; }

    /// <summary>Critical alerts go to every user who was seen in the last 30 days, not only to operators.</summary>
    public bool BroadcastCritical { get; set; } = true;

    /// <summary>Addresses and networks. Empty: loopback and private networks.</summary>
    public IList<string> TrustedNetworks { get; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => TrustedNetworks
        .Where(text => !IpNetworks.TryParse(text, out _))
        .Select(text => new ValidationResult($"Alertmanager:TrustedNetworks: '{text}' is no address or network", [nameof(TrustedNetworks)]));
}
