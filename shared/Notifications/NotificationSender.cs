using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using Platform.Outbound;

namespace Platform.Notifications;

/// <summary>Sends notifications to a user's webhook or Slack. The guard looks at the address again, no redirect is followed, and an answer takes at most 30 seconds.</summary>
public sealed class NotificationSender(OutboundHttp http, SubscriptionSecrets secrets, NotificationPolicies policies, IOptions<PlatformOptions> platform, TimeProvider clock)
{
    private const int MaxAnswer = 64 * 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static readonly JsonSerializerOptions Json = new(WireJson.Snake.Writing) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>Null when the receiver has taken them, else why not, in fixed words.</summary>
    internal async Task<string?> SendAsync(IReadOnlyList<Notification> rows, NotificationSubscription subscription, CancellationToken ct)
    {
        var keys = await secrets.OpenAsync(subscription, ct);
        var isSlack = subscription.Channel == NotificationChannel.Slack;
        if ((isSlack ? keys.SlackWebhook : keys.WebhookUrl) is not { } url)
            return "The address of the receiver is missing";
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = isSlack ? SlackContent(rows) : WebhookContent(rows) };
        if (!isSlack)
            await SignAsync(request, rows[0].DigestId ?? rows[0].Id, keys.WebhookSecret, ct);
        try
        {
            var call = new OutboundCall { Policy = policies.Of(subscription.Channel), Timeout = Limit, MaxBodyBytes = MaxAnswer, Truncate = true };
            var answer = await http.SendAsync(request, call, ct);
            return answer.IsSuccess ? null : $"The receiver answered {(int)answer.Status}";
        }
        catch (OutboundException failure)
        {
            return failure.Message;
        }
    }

    private static ByteArrayContent WebhookContent(IReadOnlyList<Notification> rows) =>
        rows is [var one] ? Content(WebhookMessage.Of(one)) : Content(WebhookDigest.Of(rows));

    private ByteArrayContent SlackContent(IReadOnlyList<Notification> rows) => Content(SlackMessage.Of(rows, platform.Value.PublicUrl));

    private static ByteArrayContent Content<T>(T message)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(message, Json));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private async Task SignAsync(HttpRequestMessage request, Guid id, string? secret, CancellationToken ct)
    {
        request.Headers.Add("X-Notification-Id", id.ToString());
        if (secret is null)
            return;
        var body = await request.Content!.ReadAsByteArrayAsync(ct);
        request.Headers.Add("X-Signature", WebhookSignature.Timed(secret, clock.GetUtcNow().ToUnixTimeSeconds(), body));
    }
}
