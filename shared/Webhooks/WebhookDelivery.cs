using Platform.Data;

namespace Platform.Webhooks;

public enum DeliveryStatus
{
    Pending,
    Delivering,

    /// <summary>Failed at least once and waits for the next attempt.</summary>
    Retrying,
    Delivered,
    Failed,

    /// <summary>The webhook was disabled or deleted first.</summary>
    Cancelled,
}

public enum DeliveryTrigger
{
    Auto,

    /// <summary>A person asked for it: one attempt, no series.</summary>
    Manual,
}

/// <summary>One event on its way to one webhook. Outlives the webhook, as its log.</summary>
public sealed class WebhookDelivery : IOrganizationOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>The webhook's project.</summary>
    public Guid? ProjectId { get; init; }

    public required Guid WebhookId { get; init; }

    public required Guid EventId { get; init; }

    public required string EventType { get; init; }

    /// <summary>The body, the same bytes at every attempt.</summary>
    public required string Payload { get; init; }

    public bool IsTest { get; init; }

    public DeliveryStatus Status { get; private set; }

    /// <summary>Who asked for the attempt that waits or runs.</summary>
    public DeliveryTrigger Trigger { get; private set; }

    public int AttemptCount { get; private set; }

    /// <summary>When it may be claimed: the time of the next attempt, or the end of the lease of the one that runs; null when it has ended.</summary>
    public DateTimeOffset? DueAt { get; private set; }

    /// <summary>Names the claim of the attempt that runs. Whoever has lost it may not write the result.</summary>
    public Guid? ClaimId { get; private set; }

    public DateTimeOffset? DeliveredAt { get; private set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public bool IsOpen => Status is DeliveryStatus.Pending or DeliveryStatus.Delivering or DeliveryStatus.Retrying;

    public static WebhookDelivery Of(Webhook webhook, Guid eventId, string eventType, string payload, DateTimeOffset now, bool isTest = false) => new()
    {
        Id = Guid.CreateVersion7(now),
        OrganizationId = webhook.OrganizationId,
        ProjectId = webhook.ProjectId,
        WebhookId = webhook.Id,
        EventId = eventId,
        EventType = eventType,
        Payload = payload,
        IsTest = isTest,
        Trigger = isTest ? DeliveryTrigger.Manual : DeliveryTrigger.Auto,
        DueAt = isTest ? null : now,
        CreatedAt = now,
    };

    /// <summary>Asks for one more attempt, at once.</summary>
    public void Retry(DateTimeOffset now) => (Status, Trigger, DueAt, DeliveredAt) = (DeliveryStatus.Pending, DeliveryTrigger.Manual, now, null);

    internal void Deliver(DateTimeOffset now) => End(DeliveryStatus.Delivered, now);

    internal void Fail() => End(DeliveryStatus.Failed, null);

    internal void Cancel() => End(DeliveryStatus.Cancelled, null);

    internal void Postpone(DateTimeOffset until) => (Status, DueAt, ClaimId) = (DeliveryStatus.Retrying, until, null);

    /// <summary>The row of the attempt that has ended; the delivery's state is for the caller to change.</summary>
    internal WebhookAttempt Record(AttemptResult result)
    {
        var attempt = AttemptOf(result);
        AttemptCount++;
        return attempt;
    }

    /// <summary>The row of its next attempt.</summary>
    internal WebhookAttempt AttemptOf(AttemptResult result) => new()
    {
        DeliveryId = Id,
        Number = AttemptCount + 1,
        Trigger = Trigger,
        StartedAt = result.StartedAt,
        DurationMs = result.DurationMs,
        StatusCode = result.StatusCode,
        Error = result.Error,
        RequestHeaders = result.RequestHeaders,
        ResponseHeaders = result.ResponseHeaders,
        ResponseBody = result.ResponseBody,
    };

    private void End(DeliveryStatus status, DateTimeOffset? deliveredAt) => (Status, DueAt, ClaimId, DeliveredAt) = (status, null, null, deliveredAt);
}

/// <summary>One try to send a delivery. Reached only through its delivery.</summary>
[PlatformScoped]
public sealed class WebhookAttempt
{
    public required Guid DeliveryId { get; init; }

    /// <summary>From 1.</summary>
    public required int Number { get; init; }

    public required DeliveryTrigger Trigger { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required int DurationMs { get; init; }

    public int? StatusCode { get; init; }

    /// <summary>A code; null when the receiver took it.</summary>
    public string? Error { get; init; }

    /// <summary>Without the values of custom headers.</summary>
    public required IReadOnlyDictionary<string, string> RequestHeaders { get; init; }

    public IReadOnlyDictionary<string, string>? ResponseHeaders { get; init; }

    /// <summary>The first 4 KiB.</summary>
    public string? ResponseBody { get; init; }
}
