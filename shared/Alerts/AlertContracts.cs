namespace Platform.Alerts;

/// <summary>What a user sets of an alert; the defaults are those of a new one.</summary>
public sealed record AlertDraft(string Name, string Expression)
{
    public string? Description { get; init; }

    public AlertSeverity Severity { get; init; } = AlertSeverity.Warning;

    public int ForSeconds { get; init; }

    public int EvaluationIntervalSeconds { get; init; } = 60;

    public NoDataState NoDataState { get; init; } = NoDataState.NoData;

    public IReadOnlyList<AlertNotifyOn> NotifyOn { get; init; } = [AlertNotifyOn.Firing, AlertNotifyOn.Resolved];

    public int RenotifyMinutes { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public string? RunbookUrl { get; init; }

    public bool Enabled { get; init; } = true;

    public static AlertDraft Of(AlertRule alert) => new(alert.Name, alert.Expression)
    {
        Description = alert.Description,
        Severity = alert.Severity,
        ForSeconds = alert.ForSeconds,
        EvaluationIntervalSeconds = alert.EvaluationIntervalSeconds,
        NoDataState = alert.NoDataState,
        NotifyOn = alert.NotifyOn,
        RenotifyMinutes = alert.RenotifyMinutes,
        Labels = alert.Labels,
        RunbookUrl = alert.RunbookUrl,
        Enabled = alert.Enabled,
    };
}

/// <summary>Which alerts are listed; an empty list is no condition.</summary>
public sealed record AlertFilter
{
    /// <summary>Null: all projects of the organization.</summary>
    public Guid? ProjectId { get; init; }

    public IReadOnlyList<AlertRuleState> States { get; init; } = [];

    public IReadOnlyList<AlertSeverity> Severities { get; init; } = [];

    public bool? Enabled { get; init; }

    public bool? Muted { get; init; }

    /// <summary>Part of name or description, without regard to case.</summary>
    public string? Text { get; init; }

    public IReadOnlyDictionary<string, IReadOnlyList<string>> Labels { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    public AlertOrder Order { get; init; }

    public bool Descending { get; init; }
}

public enum AlertOrder
{
    /// <summary>Firing first, then by severity, the newest first.</summary>
    Urgency,
    Name,
    Severity,
    StateSince,
    CreatedAt,
}

/// <summary>How long to mute an alert; null for both ends the mute.</summary>
public sealed record MuteWish(DateTimeOffset? Until, int? Minutes, string? Reason);

/// <summary>An alert evaluated without consequences.</summary>
public sealed record AlertCheck(
    bool? Holds, AlertRuleState WouldBe, AlertRuleState State, string Expression, IReadOnlyList<CallFigure> Values, IReadOnlyList<ComparisonFigure> Comparisons, DateTimeOffset EvaluatedAt,
    long DurationMs, string? Error);

/// <summary>What a call of an expression was.</summary>
public sealed record CallFigure(string Call, double? Value, long Points, DateTimeOffset From, DateTimeOffset To);

/// <summary>What a comparison of an expression was; null where nobody can tell.</summary>
public sealed record ComparisonFigure(string Text, double? Left, string Operator, double? Right, bool? Result);
