using System.ComponentModel.DataAnnotations;
using Platform.Data;

namespace Platform.Agents;

/// <summary>Section <c>Agents</c>.</summary>
public sealed class AgentOptions : IValidatableObject
{
    public const string Section = "Agents";

    /// <summary>Tasks and follow-ups that a user may start in a day (UTC).</summary>
    [Range(0, 1_000_000)]
    public int MaxMessagesPerDay { get; set; } = 20;

    /// <summary>The same for users with a verified address of <see cref="AdminDomains"/>.</summary>
    [Range(0, 1_000_000)]
    public int AdminMessagesPerDay { get; set; } = 100;

    public string[] AdminDomains { get; set; } = [];

    /// <summary>The platform's own keys, by provider, for users without one.</summary>
    public IDictionary<string, string> Keys { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    public BuiltinAgentOptions Builtin { get; set; } = new();

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, key) in Keys)
        {
            if (!EnumWords<KeyProvider>.TryParse(name.ToLowerInvariant(), out _))
                yield return new ValidationResult($"Agents:Keys: '{name}' is none of {string.Join(", ", EnumWords<KeyProvider>.All)}", [nameof(Keys)]);
            else if (!ProviderKey.IsWellFormed(key))
                yield return new ValidationResult($"Agents:Keys:{name} is no key: 8 to 4096 printable characters without blanks", [nameof(Keys)]);
        }

        if (Builtin.BaseUrl is { } address && !(Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            yield return new ValidationResult("Agents:Builtin:BaseUrl must be an absolute http(s) URL", [nameof(Builtin)]);
    }
}

/// <summary>The model endpoint that the platform gives the built-in agent.</summary>
public sealed class BuiltinAgentOptions
{
    public string? BaseUrl { get; set; }
}
