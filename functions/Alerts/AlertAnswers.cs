using System.Text.Json.Serialization;
using Platform.Alerts;

namespace Platform.Functions.Alerts;

/// <summary>A condition of one comparison, in parts.</summary>
public sealed record ConditionView(string Metric, string Aggregation, string Operator, double Threshold, string Window, IReadOnlyDictionary<string, string> Filters);

/// <summary>An alert with its state.</summary>
public sealed record AlertView
{
    public required Guid Id { get; init; }

    public required Guid ProjectId { get; init; }

    public required string Name { get; init; }

    public string? Description { get; init; }

    public required AlertSeverity Severity { get; init; }

    /// <summary>In its canonical form.</summary>
    public required string Expression { get; init; }

    /// <summary>Null when the expression is more than one comparison of a figure with a number.</summary>
    public ConditionView? Condition { get; init; }

    public required int ForSeconds { get; init; }

    public required int EvaluationIntervalSeconds { get; init; }

    public required NoDataState NoDataState { get; init; }

    /// <summary>Notification providers.</summary>
    public IReadOnlyList<Guid> Channels { get; init; } = [];

    public required IReadOnlyList<AlertNotifyOn> NotifyOn { get; init; }

    public required int RenotifyMinutes { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    public string? RunbookUrl { get; init; }

    public required bool Enabled { get; init; }

    public required AlertRuleState State { get; init; }

    public required DateTimeOffset StateSince { get; init; }

    public DateTimeOffset? PendingSince { get; init; }

    public DateTimeOffset? FiringSince { get; init; }

    public DateTimeOffset? LastEvaluatedAt { get; init; }

    public double? LastValue { get; init; }

    public string? LastError { get; init; }

    public DateTimeOffset? MutedUntil { get; init; }

    public Guid? MutedBy { get; init; }

    public string? MuteReason { get; init; }

    public required bool Muted { get; init; }

    public Guid? IncidentId { get; init; }

    public DateTimeOffset? LastNotifiedAt { get; init; }

    public Guid? CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>What may be a mistake, told when the expression is set: metrics that nobody has recorded yet.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Warnings { get; init; }

    internal static AlertView Of(AlertRule alert, DateTimeOffset now, IReadOnlyList<string>? unknown = null)
    {
        var muted = alert.IsMuted(now);
        return new AlertView
        {
            Id = alert.Id,
            ProjectId = alert.ProjectId,
            Name = alert.Name,
            Description = alert.Description,
            Severity = alert.Severity,
            Expression = alert.Expression,
            Condition = AlertForms.PartsOf(alert.Expression),
            ForSeconds = alert.ForSeconds,
            EvaluationIntervalSeconds = alert.EvaluationIntervalSeconds,
            NoDataState = alert.NoDataState,
            NotifyOn = alert.NotifyOn,
            RenotifyMinutes = alert.RenotifyMinutes,
            Labels = alert.Labels,
            RunbookUrl = alert.RunbookUrl,
            Enabled = alert.Enabled,
            State = alert.State,
            StateSince = alert.StateSince,
            PendingSince = alert.PendingSince,
            FiringSince = alert.FiringSince,
            LastEvaluatedAt = alert.LastEvaluatedAt,
            LastValue = alert.LastValue,
            LastError = alert.LastError,
            MutedUntil = muted ? alert.MutedUntil : null,
            MutedBy = muted ? alert.MutedBy : null,
            MuteReason = muted ? alert.MuteReason : null,
            Muted = muted,
            IncidentId = alert.IncidentId,
            LastNotifiedAt = alert.LastNotifiedAt,
            CreatedBy = alert.CreatedBy,
            CreatedAt = alert.CreatedAt,
            UpdatedAt = alert.UpdatedAt,
            Warnings = unknown?.Select(metric => $"No point of '{metric}' has been recorded yet").ToList(),
        };
    }
}

/// <summary>What became of an alert that was resolved by hand.</summary>
/// <param name="Alert">As it is now.</param>
/// <param name="Changed">False when it was calm already.</param>
public sealed record ResolvedAlert(AlertView Alert, bool Changed);

/// <summary>The alert is gone.</summary>
public sealed record DeletedAlert(Guid Id, bool Deleted);
