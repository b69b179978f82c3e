using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Platform.Webhooks;

/// <summary>Body of <c>POST /api/dev/webhooks</c>.</summary>
public sealed record NewWebhook
{
    internal const int MaxUrl = 2000;

    /// <summary>The host of the URL by default.</summary>
    [Length(1, 100)]
    [PlainText]
    public string? Name { get; init => field = value?.Trim(); }

    /// <summary>https, on the public internet, without credentials and fragment.</summary>
    [Length(1, MaxUrl)]
    public required string Url { get; init; }

    /// <summary>Types of events, prefixes like <c>build.*</c>, or <c>*</c>.</summary>
    [Length(1, 50)]
    [EventPatterns]
    public required IReadOnlyList<string> Events { get; init; }

    /// <summary>The project whose events it gets: by default the active one; null for the organization as a whole.</summary>
    public Guid? ProjectId
    {
        get;
        init => (field, NamesProject) = (value, true);
    }

    [StringLength(500)]
    [PlainText]
    public string? Description { get; init => field = value?.Trim(); }

    /// <summary>Headers of every request; their values are not shown again.</summary>
    [CustomHeaders]
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    public RetryPolicyChange? RetryPolicy { get; init; }

    public bool Enabled { get; init; } = true;

    /// <summary>A signing secret of your own; by default one is made.</summary>
    [SigningSecret]
    public string? Secret { get; init; }

    internal bool NamesProject { get; private init; }
}

/// <summary>Body of <c>PATCH /api/dev/webhooks/{webhookId}</c>: absent members stay as they are, lists and maps replace.</summary>
public sealed record WebhookChange : IValidatableObject
{
    private bool _hasNull;

    [Length(1, 100)]
    [PlainText]
    public string Name { get; init => field = value?.Trim()!; } = null!; // null only when absent, like the next two

    [Length(1, NewWebhook.MaxUrl)]
    public string Url { get; init; } = null!;

    /// <summary>Types of events, prefixes like <c>build.*</c>, or <c>*</c>.</summary>
    [Length(1, 50)]
    [EventPatterns]
    public IReadOnlyList<string> Events { get; init; } = null!;

    /// <summary>Null clears them; a value of <c>********</c> keeps the stored one.</summary>
    [CustomHeaders]
    public IReadOnlyDictionary<string, string>? Headers
    {
        get;
        init => (field, HasHeaders) = (value, true);
    }

    /// <summary>Null clears it.</summary>
    [StringLength(500)]
    [PlainText]
    public string? Description
    {
        get;
        init => (field, HasDescription) = (value?.Trim(), true);
    }

    /// <summary>Switches it on, which forgets its failures, or off, which cancels what waits.</summary>
    public bool? Enabled { get; init => field = Given(value); }

    /// <summary>Makes a new secret, shown this once.</summary>
    public bool? RotateSecret { get; init => field = Given(value); }

    /// <summary>How long the former secret goes on signing too.</summary>
    [Range(0, 604_800)]
    public int SecretOverlapSeconds { get; init; } = 86_400;

    internal bool HasHeaders { get; private init; }

    internal bool HasDescription { get; private init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (_hasNull)
            yield return new ValidationResult("Switches should not be null");
        else if (Name is null && Url is null && Events is null && !HasHeaders && !HasDescription && Enabled is null && RotateSecret is null)
            yield return new ValidationResult("At least one member should be given");
    }

    private bool? Given(bool? value)
    {
        _hasNull |= value is null;
        return value;
    }
}

/// <summary>Query of <c>GET /api/dev/webhooks</c>.</summary>
public sealed record WebhookFilter
{
    private const string All = "all";

    /// <summary>A project, together with what is for the whole organization; the active one by default; <c>all</c> for everything.</summary>
    [StringLength(36)]
    public string? ProjectId { get; init; }

    /// <summary>Size of the page.</summary>
    [Range(1, 200)]
    public int Limit { get; init; } = 50;

    /// <summary>Matches before the page.</summary>
    [Range(0, int.MaxValue)]
    public int Offset { get; init; }

    internal bool IsAll => ProjectId == All;

    /// <summary>A malformed id names nothing.</summary>
    internal Guid? Project => ProjectId is null ? null : Guid.TryParse(ProjectId, out var id) ? id : Guid.Empty;
}

/// <summary>Body of <c>POST /api/dev/webhooks/{webhookId}/test</c>.</summary>
public sealed record WebhookTest : IValidatableObject
{
    private const int MaxData = 32 * 1024;

    /// <summary>The type that is tried.</summary>
    [StringLength(100)]
    public string EventType { get; init; } = PublicEvents.Test;

    /// <summary>An object in place of the sample, at most 32 KB.</summary>
    public JsonElement Data { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Data.ValueKind is not (JsonValueKind.Object or JsonValueKind.Undefined or JsonValueKind.Null))
            yield return new ValidationResult("Input should be a valid dictionary or object", [nameof(Data)]);
        else if (Data.ValueKind == JsonValueKind.Object && System.Text.Encoding.UTF8.GetByteCount(Data.GetRawText()) > MaxData)
            yield return new ValidationResult("Input should be at most 32 KB", [nameof(Data)]);
    }
}

/// <summary>Answer to a test.</summary>
public sealed record WebhookTestAnswer(Guid DeliveryId, bool Delivered, int? StatusCode, int DurationMs, string? Error, string? ResponseBody);

/// <summary>Answer to a deletion.</summary>
public sealed record WebhookDeleted(Guid Id, bool Deleted);

/// <summary>A webhook as members see it.</summary>
public sealed record WebhookView(
    Guid Id,
    Guid OrganizationId,
    Guid? ProjectId,
    string Name,
    string Url,
    string? Description,
    IReadOnlyList<string> Events,
    bool Enabled,
    WebhookStatus Status,
    WebhookDisabledReason? DisabledReason,
    IReadOnlyDictionary<string, string> Headers,
    WebhookRetryPolicy RetryPolicy,
    string SecretPreview)
{
    /// <summary>Shown once, when it was made.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Secret { get; init; }

    /// <summary>Until when the former secret signs too.</summary>
    public DateTimeOffset? PreviousSecretUntil { get; init; }

    public int ConsecutiveFailures { get; init; }

    public DateTimeOffset? LastDeliveryAt { get; init; }

    public DateTimeOffset? LastSuccessAt { get; init; }

    public Guid? CreatedBy { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    /// <param name="secret">Only when it has just been made.</param>
    public static WebhookView Of(Webhook webhook, DateTimeOffset now, string? secret = null) => new(
        webhook.Id, webhook.OrganizationId, webhook.ProjectId, webhook.Name, webhook.Url, webhook.Description, webhook.Events, webhook.Status == WebhookStatus.Active,
        webhook.Status, webhook.DisabledReason, webhook.HeaderNames.ToDictionary(name => name, _ => Masked.Value), webhook.RetryPolicy, webhook.SecretPreview)
    {
        Secret = secret,
        PreviousSecretUntil = webhook.FormerSecretUntil > now ? webhook.FormerSecretUntil : null,
        ConsecutiveFailures = webhook.ConsecutiveFailures,
        LastDeliveryAt = webhook.LastDeliveryAt,
        LastSuccessAt = webhook.LastSuccessAt,
        CreatedBy = webhook.CreatedBy,
        CreatedAt = webhook.CreatedAt,
        UpdatedAt = webhook.UpdatedAt,
    };
}
