using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Platform.Webhooks;

public enum DeliveryPart
{
    Payload,
}

/// <summary>Query of <c>GET /api/dev/webhooks/{webhookId}/deliveries</c>. A filter that is repeated, or holds values separated by commas, means any of them.</summary>
public sealed record DeliveryFilter : IValidatableObject
{
    /// <summary>How far they have come.</summary>
    public IReadOnlyList<DeliveryStatus> Status { get; init; } = [];

    /// <summary>What they tell of.</summary>
    [MaxLength(50)]
    public IReadOnlyList<string> EventType { get; init; } = [];

    /// <summary>The event that they tell of.</summary>
    public Guid? EventId { get; init; }

    /// <summary>Tests only, or none of them.</summary>
    public bool? Test { get; init; }

    /// <summary>The first moment that counts.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The first moment that does not count any more.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary><c>payload</c> adds what was sent.</summary>
    public IReadOnlyList<DeliveryPart> Include { get; init; } = [];

    /// <summary>Size of the page.</summary>
    [Range(1, 200)]
    public int Limit { get; init; } = 50;

    /// <summary>Matches before the page.</summary>
    [Range(0, int.MaxValue)]
    public int Offset { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (To <= From)
            yield return new ValidationResult("The end should be after the start", [nameof(To)]);
    }
}

/// <summary>A delivery as members see it.</summary>
public sealed record DeliveryView(
    Guid Id,
    Guid WebhookId,
    Guid EventId,
    string EventType,
    DeliveryStatus Status,
    int AttemptCount,
    DateTimeOffset? NextAttemptAt,
    DateTimeOffset? DeliveredAt,
    bool Test,
    IReadOnlyList<AttemptView> Attempts,
    DateTimeOffset CreatedAt)
{
    /// <summary>What was sent; only where it was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public StoredJson? Payload { get; init; }

    public static DeliveryView Of(WebhookDelivery row, IEnumerable<WebhookAttempt> attempts, bool withPayload = false) => new(
        row.Id, row.WebhookId, row.EventId, row.EventType, row.Status, row.AttemptCount,
        row.Status is DeliveryStatus.Pending or DeliveryStatus.Retrying ? row.DueAt : null, row.DeliveredAt, row.IsTest, [.. attempts.Select(AttemptView.Of)], row.CreatedAt)
    {
        Payload = withPayload ? new StoredJson(row.Payload) : null,
    };
}

/// <summary>One try to send a delivery.</summary>
public sealed record AttemptView(
    int Number,
    DeliveryTrigger Trigger,
    DateTimeOffset StartedAt,
    int DurationMs,
    int? StatusCode,
    string? Error,
    IReadOnlyDictionary<string, string> RequestHeaders,
    IReadOnlyDictionary<string, string>? ResponseHeaders,
    string? ResponseBody)
{
    public static AttemptView Of(WebhookAttempt attempt) => new(
        attempt.Number, attempt.Trigger, attempt.StartedAt, attempt.DurationMs, attempt.StatusCode, attempt.Error, attempt.RequestHeaders, attempt.ResponseHeaders, attempt.ResponseBody);
}
