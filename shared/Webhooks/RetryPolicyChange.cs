using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Platform.Webhooks;

/// <summary>What of a retry policy to set; what is absent stays, or has its default in a new webhook. Null and unknown members are refused.</summary>
public sealed record RetryPolicyChange : IValidatableObject
{
    private bool _hasNull;

    /// <summary>How delays grow.</summary>
    public BackoffStrategy? Strategy { get; init => field = Given(value); }

    /// <summary>The first try included.</summary>
    [Range(1, 15)]
    public int? MaxAttempts { get; init => field = Given(value); }

    /// <summary>Seconds before the second try.</summary>
    [Range(1, 3600)]
    public int? InitialDelaySeconds { get; init => field = Given(value); }

    /// <summary>What each delay of the exponential strategy is multiplied with.</summary>
    [Range(1.0, 10.0)]
    public double? Multiplier { get; init => field = Given(value); }

    /// <summary>No delay is longer.</summary>
    [Range(1, 86_400)]
    public int? MaxDelaySeconds { get; init => field = Given(value); }

    /// <summary>The largest part of a delay that chance adds or takes away.</summary>
    [Range(0.0, 0.5)]
    public double? Jitter { get; init => field = Given(value); }

    /// <summary>Seconds that an attempt may take.</summary>
    [Range(1, 30)]
    public int? TimeoutSeconds { get; init => field = Given(value); }

    /// <summary>Exhausted deliveries in a row that switch the webhook off; 0 never does.</summary>
    [Range(0, 100)]
    public int? DisableAfterFailures { get; init => field = Given(value); }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; init; }

    internal bool IsEmpty => Strategy is null && MaxAttempts is null && InitialDelaySeconds is null && Multiplier is null && MaxDelaySeconds is null && Jitter is null
        && TimeoutSeconds is null && DisableAfterFailures is null;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Unknown is { Count: > 0 })
            yield return new ValidationResult("Unknown member", [.. Unknown.Keys]);
        else if (_hasNull)
            yield return new ValidationResult("Members of a retry policy should not be null");
    }

    internal WebhookRetryPolicy ApplyTo(WebhookRetryPolicy policy) => policy with
    {
        Strategy = Strategy ?? policy.Strategy,
        MaxAttempts = MaxAttempts ?? policy.MaxAttempts,
        InitialDelaySeconds = InitialDelaySeconds ?? policy.InitialDelaySeconds,
        Multiplier = Multiplier ?? policy.Multiplier,
        MaxDelaySeconds = MaxDelaySeconds ?? policy.MaxDelaySeconds,
        Jitter = Jitter ?? policy.Jitter,
        TimeoutSeconds = TimeoutSeconds ?? policy.TimeoutSeconds,
        DisableAfterFailures = DisableAfterFailures ?? policy.DisableAfterFailures,
    };

    private T? Given<T>(T? value)
        where T : struct
    {
        _hasNull |= value is null;
        return value;
    }
}
