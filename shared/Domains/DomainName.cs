using System.Globalization;
using System.Net;
using Microsoft.Extensions.Options;

namespace Platform.Domains;

/// <summary>Which names may be added, and in what form they are kept (RFC 1035, RFC 5890).</summary>
public sealed class DomainName(IOptions<DomainOptions> options, IOptions<PlatformOptions> platform)
{
    private const string Wildcard = "*.";
    private const int MaxLength = 253;
    private static readonly string[] Reserved = ["localhost", "local", "internal", "test"];

    /// <summary>The name below which the record of a wildcard stands, too.</summary>
    public static string ApexOf(string name) => name.StartsWith(Wildcard, StringComparison.Ordinal) ? name[Wildcard.Length..] : name;

    /// <summary>The name in lower-case ASCII, without a final dot.</summary>
    public Result<string> Normalize(string given)
    {
        var name = given.Trim().TrimEnd('.');
        var isWildcard = name.StartsWith(Wildcard, StringComparison.Ordinal);
        if (ToAscii(ApexOf(name)) is not { } apex || apex.Length + (isWildcard ? Wildcard.Length : 0) > MaxLength)
            return DomainErrors.Malformed;
        var labels = apex.Split('.');
        if (labels.Length < 2)
            return DomainErrors.SingleLabel;
        if (IPAddress.TryParse(apex, out _) || labels[^1].All(char.IsAsciiDigit))
            return DomainErrors.Address;
        if (Reserved.Contains(labels[^1]) && !options.Value.AllowReserved)
            return DomainErrors.Reserved;
        return IsPlatforms(apex, isWildcard) ? DomainErrors.Platforms : isWildcard ? Wildcard + apex : apex;
    }

    private static string? ToAscii(string name)
    {
        try
        {
            return new IdnMapping { UseStd3AsciiRules = true }.GetAscii(name).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    // The platform's host, what is below it, and a wildcard that covers it.
    private bool IsPlatforms(string apex, bool isWildcard) => Uri.TryCreate(platform.Value.PublicUrl, UriKind.Absolute, out var url)
        && url.IdnHost.ToLowerInvariant() is var host
        && (apex == host || apex.EndsWith('.' + host, StringComparison.Ordinal) || (isWildcard && host[(host.IndexOf('.', StringComparison.Ordinal) + 1)..] == apex));
}
