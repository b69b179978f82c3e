using Platform.Data;

namespace Platform.Webhooks;

public enum WebhookStatus
{
    Active,
    Disabled,
}

/// <summary>Why a webhook is off.</summary>
public enum WebhookDisabledReason
{
    Manual,

    /// <summary>Too many deliveries in a row used up all their attempts.</summary>
    ConsecutiveFailures,

    /// <summary>The receiver answered 410.</summary>
    Gone,
}

/// <summary>
/// A receiver of an organization's events, or of one of its projects'. Writers lock the row first (<see cref="WebhookLock"/>), so that changes, claims and results
/// of deliveries never cross.
/// </summary>
public sealed class Webhook : IOrganizationOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>Whose events it gets; null for all of the organization.</summary>
    public Guid? ProjectId { get; init; }

    public required string Name { get; set; }

    public required string Url { get; set; }

    public string? Description { get; set; }

    /// <summary>Types of events, prefixes that end in <c>.*</c>, or <c>*</c>.</summary>
    public required IReadOnlyList<string> Events { get; set; }

    public IReadOnlyList<string> HeaderNames { get; set; } = [];

    /// <summary>The custom headers, sealed; null for none.</summary>
    public string? Headers { get; set; }

    public WebhookRetryPolicy RetryPolicy { get; set; } = new();

    /// <summary>Sealed.</summary>
    public string Secret { get; set; } = "";

    /// <summary>The last four characters of the secret.</summary>
    public string SecretPreview { get; set; } = "";

    /// <summary>The secret before the last rotation, sealed; signs too until <see cref="FormerSecretUntil"/>.</summary>
    public string? FormerSecret { get; set; }

    public DateTimeOffset? FormerSecretUntil { get; set; }

    public WebhookStatus Status { get; private set; }

    public WebhookDisabledReason? DisabledReason { get; private set; }

    /// <summary>Deliveries in a row that used up all their attempts.</summary>
    public int ConsecutiveFailures { get; private set; }

    /// <summary>The last attempt failed: until one succeeds it gets one at a time, so that a dead receiver takes no room from the others.</summary>
    public bool IsFailing { get; private set; }

    /// <summary>When an attempt last ended.</summary>
    public DateTimeOffset? LastDeliveryAt { get; private set; }

    public DateTimeOffset? LastSuccessAt { get; private set; }

    /// <summary>The sequence of the newest event that was there when it was created or enabled: earlier ones are none of its business.</summary>
    public long AfterSequence { get; private set; }

    public Guid? CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    public long Version { get; set; }

    public void Enable(long afterSequence)
    {
        (Status, DisabledReason, ConsecutiveFailures, IsFailing) = (WebhookStatus.Active, null, 0, false);
        AfterSequence = afterSequence;
    }

    public void Disable(WebhookDisabledReason reason) => (Status, DisabledReason) = (WebhookStatus.Disabled, reason);

    public void NoteFailure(DateTimeOffset now) => (IsFailing, LastDeliveryAt) = (true, now);

    /// <summary>A delivery has used up its attempts. True when it was one too many.</summary>
    public bool NoteExhaustion()
    {
        ConsecutiveFailures++;
        return RetryPolicy.DisableAfterFailures > 0 && ConsecutiveFailures >= RetryPolicy.DisableAfterFailures;
    }

    /// <summary>What ciphertexts of this webhook are bound to.</summary>
    internal static string AssociatedData(Guid id, string field) => $"webhooks/{id:D}/{field}";
}
