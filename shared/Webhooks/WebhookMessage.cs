using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Webhooks;

/// <summary>The body that a receiver gets: made once, the same bytes at every attempt. Holds a few kilobytes at most but for a test's own data.</summary>
internal sealed record WebhookMessage(Guid EventId, string Body)
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static WebhookMessage Of(Guid eventId, string type, DateTimeOffset happenedAt, Guid organizationId, Guid? projectId, JsonObject data, bool isTest = false)
    {
        var body = new JsonObject
        {
            ["id"] = eventId.ToString(),
            ["type"] = type,
            ["timestamp"] = WireTime.ToText(happenedAt),
            ["organizationId"] = organizationId.ToString(),
            ["projectId"] = projectId?.ToString(),
        };
        if (isTest)
            body["test"] = true;
        body["data"] = data;
        return new WebhookMessage(eventId, body.ToJsonString(Options));
    }
}
