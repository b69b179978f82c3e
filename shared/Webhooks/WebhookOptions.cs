using System.ComponentModel.DataAnnotations;

namespace Platform.Webhooks;

/// <summary>Section <c>Webhooks</c>.</summary>
public sealed class WebhookOptions
{
    public const string Section = "Webhooks";

    /// <summary>Webhooks that a project can have, and the organization as a whole beside them.</summary>
    [Range(1, 1000)]
    public int MaxPerProject { get; init; } = 20;

    /// <summary>Attempts that one node makes at the same time. Webhooks whose last attempt failed share half of them, and so do those of one organization.</summary>
    [Range(2, 1000)]
    public int MaxConcurrent { get; init; } = 50;

    /// <summary>Attempts to one webhook at the same time, over all nodes.</summary>
    [Range(1, 50)]
    public int MaxConcurrentPerWebhook { get; init; } = 5;

    /// <summary>How long a claimed attempt belongs to its node. An attempt takes at most 30 seconds.</summary>
    [Range(45, 3600)]
    public int LeaseSeconds { get; init; } = 60;

    /// <summary>About how many deliveries may wait for one webhook; further events are logged as failed.</summary>
    [Range(10, 1_000_000)]
    public int MaxWaiting { get; init; } = 10_000;

    /// <summary>How long deliveries are kept and can be repeated.</summary>
    [Range(1, 3650)]
    public int RetentionDays { get; init; } = 30;
}
