using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Platform.Outbound;

namespace Platform.Webhooks;

/// <summary>Types of events, prefixes, or everything.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EventPatternsAttribute : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        if (value is not IReadOnlyList<string> patterns || patterns.All(PublicEvents.IsPattern))
            return ValidationResult.Success;
        return new ValidationResult(PublicEvents.Explain("Unknown event"));
    }
}

/// <summary>At most ten headers that a webhook's owner adds, none of those that the platform or HTTP itself sets.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed partial class CustomHeadersAttribute : ValidationAttribute
{
    private const int MaxHeaders = 10;
    private const int MaxName = 100;
    private const int MaxValue = 2000;

    private static readonly string[] Reserved =
    [
        "host", "transfer-encoding", "connection", "keep-alive", "user-agent", "te", "trailer", "upgrade", "expect", "accept-encoding", "proxy-authorization", "proxy-connection",
        "allow", "expires", "last-modified", // of a body, which is the platform's
    ];

    private static readonly string[] ReservedBeginnings = ["content-", "webhook-", "x-platform-"];

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        if (value is not IReadOnlyDictionary<string, string> headers)
            return ValidationResult.Success;
        if (headers.Count > MaxHeaders)
            return new ValidationResult($"There should be at most {MaxHeaders} headers");
        if (headers.Keys.Distinct(StringComparer.OrdinalIgnoreCase).Count() != headers.Count)
            return new ValidationResult("A header should be given once");
        if (headers.Keys.Any(name => name.Length > MaxName || !Token().IsMatch(name)))
            return new ValidationResult("A header's name should be a token of HTTP");
        if (headers.Keys.Any(IsReserved))
            return new ValidationResult("Headers that the platform sets itself cannot be given: host, content-*, transfer-encoding, connection, webhook-*, x-platform-*, user-agent");
        return headers.Values.Any(text => text.Length is 0 or > MaxValue || text.Any(letter => letter is < ' ' or > '~'))
            ? new ValidationResult($"A header's value should be 1 to {MaxValue} printable ASCII characters")
            : ValidationResult.Success;
    }

    private static bool IsReserved(string name) => Reserved.Contains(name, StringComparer.OrdinalIgnoreCase)
        || ReservedBeginnings.Any(beginning => name.StartsWith(beginning, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")]
    private static partial Regex Token();
}

/// <summary>A signing secret of the receiver's own: <c>whsec_</c> and 24 to 64 bytes in Base64.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SigningSecretAttribute : ValidationAttribute
{
    public SigningSecretAttribute()
        : base("The secret should be whsec_ and the Base64 of 24 to 64 bytes")
    {
    }

    public override bool IsValid(object? value) => value is not string text || WebhookSignature.IsSecret(text);
}
