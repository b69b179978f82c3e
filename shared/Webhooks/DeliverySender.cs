using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Platform.Outbound;

namespace Platform.Webhooks;

/// <summary>Makes one attempt: signs the stored body anew and sends it. The guard looks at the address again; no redirect is followed.</summary>
public sealed class DeliverySender(OutboundHttp http, WebhookVault vault, TimeProvider clock)
{
    private const int MaxAnswer = 64 * 1024;
    private const int MaxShownBody = 4 * 1024;
    private const int MaxShownHeader = 500;
    private const int MaxShownHeaders = 40;

    internal async Task<AttemptResult> SendAsync(Webhook webhook, WebhookDelivery delivery, CancellationToken ct)
    {
        var started = clock.GetUtcNow();
        var stopwatch = clock.GetTimestamp();
        Request request;
        try
        {
            request = await PrepareAsync(webhook, delivery, started, ct);
        }
        catch (CryptographicException)
        {
            return new AttemptResult(started, 0, null, "secret_unreadable") { RequestHeaders = new Dictionary<string, string>() };
        }

        using var message = request.Message;
        var shown = Shown(message, request.Custom);
        try
        {
            var call = new OutboundCall { Policy = WebhookAddress.Policy, Timeout = TimeSpan.FromSeconds(webhook.RetryPolicy.TimeoutSeconds), MaxBodyBytes = MaxAnswer };
            var answer = await http.SendAsync(message, call, ct);
            return Ended((int)answer.Status, CodeOf(answer)) with
            {
                ResponseHeaders = HeadersOf(answer, request.Custom),
                ResponseBody = Cut(Redacted(Encoding.UTF8.GetString(answer.Body.Span), request.Custom), MaxShownBody),
                RetryAfter = RetryAfterOf(answer, started),
            };
        }
        catch (OutboundException failure)
        {
            return Ended(null, CodeOf(failure));
        }

        AttemptResult Ended(int? status, string? error) =>
            new(started, (int)clock.GetElapsedTime(stopwatch).TotalMilliseconds, status, error) { RequestHeaders = shown };
    }

    private async Task<Request> PrepareAsync(Webhook webhook, WebhookDelivery delivery, DateTimeOffset now, CancellationToken ct)
    {
        var custom = await vault.OpenHeadersAsync(webhook, ct);
        var secrets = await vault.OpenSecretsAsync(webhook, now, ct);
        var body = Encoding.UTF8.GetBytes(delivery.Payload);
        var message = new HttpRequestMessage(HttpMethod.Post, webhook.Url) { Content = new ByteArrayContent(body) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in custom)
            message.Headers.TryAddWithoutValidation(name, value);
        var (id, time) = (delivery.EventId.ToString(), now.ToUnixTimeSeconds());
        message.Headers.TryAddWithoutValidation("User-Agent", "Platform-Webhooks/1");
        message.Headers.Add("webhook-id", id);
        message.Headers.Add("webhook-timestamp", $"{time}");
        message.Headers.TryAddWithoutValidation("webhook-signature", WebhookSignature.Standard(secrets, id, time, body));
        message.Headers.Add("X-Platform-Event", delivery.EventType);
        message.Headers.Add("X-Platform-Delivery", delivery.Id.ToString());
        message.Headers.Add("X-Platform-Attempt", $"{delivery.AttemptCount + 1}");
        return new Request(message, custom);
    }

    private static Dictionary<string, string> Shown(HttpRequestMessage message, IReadOnlyDictionary<string, string> custom) => message.Headers.NonValidated
        .Concat(message.Content!.Headers.NonValidated)
        .ToDictionary(header => header.Key, header => custom.ContainsKey(header.Key) ? Masked.Value : header.Value.ToString(), StringComparer.OrdinalIgnoreCase);

    private static string? CodeOf(OutboundResponse answer) => (int)answer.Status switch
    {
        >= 200 and < 300 => null,
        >= 300 and < 400 => "redirect",
        var status => $"http_{status}",
    };

    private static string CodeOf(OutboundException failure) => failure.Failure switch
    {
        OutboundFailure.Refused => "url_not_allowed",
        OutboundFailure.Unresolvable => "dns_failure",
        OutboundFailure.Timeout => "timeout",
        OutboundFailure.TooLarge => "response_too_large",
        OutboundFailure.TooManyRedirects => "redirect",
        _ => failure.InnerException is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } ? "tls_error" : "connection_refused",
    };

    private static TimeSpan? RetryAfterOf(OutboundResponse answer, DateTimeOffset now)
    {
        if ((int)answer.Status is not (429 or 503) || !answer.Headers.TryGetValue("Retry-After", out var text) || !RetryConditionHeaderValue.TryParse(text, out var wish))
            return null;
        return wish.Delta ?? wish.Date - now;
    }

    private static Dictionary<string, string> HeadersOf(OutboundResponse answer, IReadOnlyDictionary<string, string> custom) => answer.Headers.Take(MaxShownHeaders).ToDictionary(
        header => header.Key,
        header => header.Key.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase) ? Masked.Value : Cut(Redacted(header.Value, custom), MaxShownHeader));

    private static string Cut(string text, int length) => text.Length > length ? text[..length] : text;

    // A receiver may echo what it was sent. PostgreSQL takes no NUL in a text.
    private static string Redacted(string text, IReadOnlyDictionary<string, string> custom)
    {
        foreach (var value in custom.Values.Where(value => value.Length > 3))
            text = text.Replace(value, Masked.Value, StringComparison.Ordinal);
        return text.Replace('\0', '\uFFFD');
    }

    private sealed record Request(HttpRequestMessage Message, IReadOnlyDictionary<string, string> Custom);
}
