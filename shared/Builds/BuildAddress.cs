using Platform.Outbound;

namespace Platform.Builds;

/// <summary>What git and HTTP hooks may call: <c>Outbound:*</c> says it, when a URL is saved and again when it is used.</summary>
public sealed class BuildAddress(OutboundGuard guard)
{
    internal static readonly OutboundPolicy Git = new("git");
    internal static readonly OutboundPolicy Hook = new("build_hook");

    /// <summary>Null when the URL may be used; else 400, which names the member.</summary>
    internal async Task<Error?> CheckAsync(string url, OutboundPolicy policy, string field, CancellationToken ct)
    {
        var check = await guard.CheckAsync(url, policy, ct);
        if (check.IsOk)
            return url.Any(char.IsControl) || check.Value.Fragment.Length > 0 ? Malformed(field, "The URL should have no fragment") : null;
        return check.Error == OutboundErrors.Malformed || check.Error == OutboundErrors.UserInfo ? Malformed(field, check.Error.Message) : BuildErrors.UrlNotAllowed(field, check.Error);
    }

    private static Error Malformed(string field, string message) => Error.Invalid(Problem.Body(field, message, "value_error"));
}
