using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Platform.Alerts;

namespace Platform.Functions.Alerts;

/// <summary>A condition of one comparison, in parts. Unknown members are refused.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ConditionRequest
{
    /// <summary>Name of the metric.</summary>
    [RegularExpression("[A-Za-z][A-Za-z0-9_.:/-]{0,199}")]
    public required string Metric { get; init; }

    /// <summary>What is worked out of its points.</summary>
    [AllowedValues("avg", "sum", "min", "max", "count", "last", "stddev", "rate", "p50", "p90", "p95", "p99")]
    public required string Aggregation { get; init; }

    /// <summary>How it is compared.</summary>
    [AllowedValues(">", ">=", "<", "<=", "==", "!=", "gt", "gte", "lt", "lte", "eq", "ne")]
    public required string Operator { get; init; }

    /// <summary>With what it is compared.</summary>
    public required double Threshold { get; init; }

    /// <summary>Length of time until the evaluation, <c>10s</c> to <c>7d</c>.</summary>
    [RegularExpression("[1-9][0-9]{0,5}[smhd]")]
    public required string Window { get; init; }

    /// <summary>Only points with these tags.</summary>
    [MaxLength(20)]
    public IReadOnlyDictionary<string, string>? Filters { get; init; }
}

/// <summary>A new alert: with an expression or a condition.</summary>
public sealed record AlertRequest : IValidatableObject
{
    /// <summary>A project of the active organization; absent: the active one.</summary>
    public string? ProjectId { get; init; }

    /// <summary>Unique in the project, without regard to case.</summary>
    [StringLength(100, MinimumLength = 1)]
    [PlainText]
    public required string Name { get; init => field = value.Trim(); }

    [StringLength(1000)]
    [PlainText]
    public string? Description { get; init => field = value?.Trim(); }

    public AlertSeverity Severity { get; init; } = AlertSeverity.Warning;

    /// <summary>For instance <c>avg(queue.length[5m]) > 100</c>.</summary>
    [StringLength(ConditionParser.MaxLength, MinimumLength = 1)]
    public string? Expression { get; init; }

    public ConditionRequest? Condition { get; init; }

    /// <summary>How long the condition has to hold.</summary>
    [Range(0, 86_400)]
    public int ForSeconds { get; init; }

    [Range(30, 3600)]
    public int EvaluationIntervalSeconds { get; init; } = 60;

    /// <summary>What to do without data.</summary>
    public NoDataState NoDataState { get; init; } = NoDataState.NoData;

    /// <summary>Notification providers of the organization.</summary>
    [MaxLength(10)]
    public IReadOnlyList<Guid> Channels { get; init; } = [];

    /// <summary>What to tell of.</summary>
    [MaxLength(3)]
    public IReadOnlyList<AlertNotifyOn> NotifyOn { get; init; } = [AlertNotifyOn.Firing, AlertNotifyOn.Resolved];

    /// <summary>Minutes after which a firing alert is told of again; 0 = never.</summary>
    [Range(0, 1440)]
    public int RenotifyMinutes { get; init; }

    [MaxLength(20)]
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>An http or https URL.</summary>
    [StringLength(2000)]
    public string? RunbookUrl { get; init => field = value?.Trim(); }

    public bool Enabled { get; init; } = true;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Expression is null == Condition is null)
            yield return new ValidationResult("Either expression or condition should be given", [nameof(Expression)]);
        foreach (var problem in AlertForms.Check(Labels, RunbookUrl))
            yield return problem;
    }
}

/// <summary>What to change of an alert; what is absent stays. Null clears description and runbook.</summary>
public sealed record AlertChangeRequest : IValidatableObject
{
    private readonly HashSet<string> _named = new(StringComparer.Ordinal);

    [StringLength(100, MinimumLength = 1)]
    [PlainText]
    public string Name { get; init => field = Given(value.Trim()); } = "-";

    [StringLength(1000)]
    [PlainText]
    public string? Description { get; init => field = Given(value?.Trim()); }

    public AlertSeverity Severity { get; init => field = Given(value); }

    [StringLength(ConditionParser.MaxLength, MinimumLength = 1)]
    public string? Expression { get; init; }

    public ConditionRequest? Condition { get; init; }

    [Range(0, 86_400)]
    public int ForSeconds { get; init => field = Given(value); }

    [Range(30, 3600)]
    public int EvaluationIntervalSeconds { get; init => field = Given(value); } = 60;

    public NoDataState NoDataState { get; init => field = Given(value); }

    [MaxLength(10)]
    public IReadOnlyList<Guid> Channels { get; init => field = Given(value); } = [];

    [MaxLength(3)]
    public IReadOnlyList<AlertNotifyOn> NotifyOn { get; init => field = Given(value); } = [];

    [Range(0, 1440)]
    public int RenotifyMinutes { get; init => field = Given(value); }

    [MaxLength(20)]
    public IReadOnlyDictionary<string, string> Labels { get; init => field = Given(value); } = new Dictionary<string, string>();

    [StringLength(2000)]
    public string? RunbookUrl { get; init => field = Given(value?.Trim()); }

    public bool Enabled { get; init => field = Given(value); }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (_named.Count == 0 && Expression is null && Condition is null)
            yield return new ValidationResult("At least one member should be given");
        if (Expression is not null && Condition is not null)
            yield return new ValidationResult("Either expression or condition should be given", [nameof(Expression)]);
        foreach (var problem in AlertForms.Check(Labels, RunbookUrl))
            yield return problem;
    }

    /// <summary>The alert as it is to be.</summary>
    internal AlertDraft ToDraft(AlertDraft before, string? expression) => before with
    {
        Name = Is(nameof(Name)) ? Name : before.Name,
        Expression = expression ?? before.Expression,
        Description = Is(nameof(Description)) ? AlertForms.OrNull(Description) : before.Description,
        Severity = Is(nameof(Severity)) ? Severity : before.Severity,
        ForSeconds = Is(nameof(ForSeconds)) ? ForSeconds : before.ForSeconds,
        EvaluationIntervalSeconds = Is(nameof(EvaluationIntervalSeconds)) ? EvaluationIntervalSeconds : before.EvaluationIntervalSeconds,
        NoDataState = Is(nameof(NoDataState)) ? NoDataState : before.NoDataState,
        NotifyOn = Is(nameof(NotifyOn)) ? [.. NotifyOn.Distinct()] : before.NotifyOn,
        RenotifyMinutes = Is(nameof(RenotifyMinutes)) ? RenotifyMinutes : before.RenotifyMinutes,
        Labels = Is(nameof(Labels)) ? Labels : before.Labels,
        RunbookUrl = Is(nameof(RunbookUrl)) ? AlertForms.OrNull(RunbookUrl) : before.RunbookUrl,
        Enabled = Is(nameof(Enabled)) ? Enabled : before.Enabled,
    };

    private bool Is(string member) => _named.Contains(member);

    private T Given<T>(T value, [CallerMemberName] string member = "")
    {
        _named.Add(member);
        return value;
    }
}

/// <summary>Why an alert is resolved by hand.</summary>
public sealed record ResolveRequest
{
    [StringLength(1000)]
    [PlainText]
    public string? Note { get; init => field = value?.Trim(); }
}

/// <summary>How long to mute an alert: until a time, for some minutes, or (<c>until: null</c>) not any more.</summary>
public sealed record MuteRequest : IValidatableObject
{
    private readonly bool _namesUntil;

    /// <summary>In the future, within a year; null ends the mute.</summary>
    public DateTimeOffset? Until { get; init => (field, _namesUntil) = (value, true); }

    [Range(1, 525_600)]
    public int? DurationMinutes { get; init; }

    [StringLength(300)]
    [PlainText]
    public string? Reason { get; init => field = value?.Trim(); }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (_namesUntil == DurationMinutes is not null)
            yield return new ValidationResult("Either until or durationMinutes should be given", [nameof(Until)]);
    }

    internal MuteWish ToWish() => new(Until, DurationMinutes, string.IsNullOrEmpty(Reason) ? null : Reason);
}
