using Platform.Outbound;

namespace Platform.Webhooks;

/// <summary>What may be called: <c>Outbound:*</c> says it, when a URL is saved and again at each attempt.</summary>
public sealed class WebhookAddress(OutboundGuard guard)
{
    internal static readonly OutboundPolicy Policy = new("webhook");

    /// <summary>The address; 400 names the form, or says that it is not allowed.</summary>
    internal async Task<Result<Uri>> CheckAsync(string url, CancellationToken ct)
    {
        if (url.Contains('#', StringComparison.Ordinal))
            return WebhookErrors.Fragment;
        var check = await guard.CheckAsync(url, Policy, ct);
        if (check.IsOk)
            return check;
        return check.Error == OutboundErrors.Malformed || check.Error == OutboundErrors.UserInfo
            ? Error.Invalid(Problem.Body("url", check.Error.Message, "value_error"))
            : WebhookErrors.UrlNotAllowed(check.Error);
    }
}
