using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Platform.Domains;

/// <summary>Section <c>Domains</c>.</summary>
public sealed class DomainOptions : IValidatableObject
{
    public const string Section = "Domains";

    /// <summary>Domains that a project can have.</summary>
    [Range(1, 10_000)]
    public int MaxPerProject { get; init; } = 100;

    /// <summary>Name servers as <c>address</c> or <c>address:port</c>; empty for the system's.</summary>
    public IReadOnlyList<string> Resolvers { get; init; } = [];

    /// <summary>How long a name server has for an answer, in seconds.</summary>
    [Range(1, 30)]
    public int TimeoutSeconds { get; init; } = 5;

    /// <summary>Whether names below <c>localhost</c>, <c>local</c>, <c>internal</c> and <c>test</c> may be added.</summary>
    public bool AllowReserved { get; init; }

    internal IReadOnlyList<IPEndPoint> ResolverAddresses => [.. Resolvers.Select(text => Parse(text)!)];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Resolvers.Where(text => Parse(text) is null)
        .Select(text => new ValidationResult($"Domains:Resolvers: '{text}' is no address of a name server", [nameof(Resolvers)]));

    private static IPEndPoint? Parse(string text) => IPEndPoint.TryParse(text, out var address) ? new IPEndPoint(address.Address, address.Port == 0 ? 53 : address.Port) : null;
}
