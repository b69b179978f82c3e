using Platform.Data;

namespace Platform.Alerts;

public enum AlertSeverity
{
    Info,
    Warning,
    Critical,
}

public enum AlertRuleState
{
    Ok,

    /// <summary>The condition holds, but not long enough yet.</summary>
    Pending,
    Firing,
    NoData,

    /// <summary>It could not be evaluated three times running.</summary>
    Error,
}

/// <summary>What an alert does when its condition has no data to be decided by.</summary>
public enum NoDataState
{
    Ok,
    NoData,
    Firing,
    KeepLast,
}

public enum AlertNotifyOn
{
    Firing,
    Resolved,
    NoData,
}

/// <summary>
/// A condition over a project's metrics that is evaluated again and again. Its state follows delivery.md §6.3; <see cref="Version"/> counts every change, so that of
/// two nodes, or of an evaluation and a user, one is refused.
/// </summary>
public sealed partial class AlertRule : IProjectOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid ProjectId { get; init; }

    public required string Name { get; set; }

    /// <summary>The name without case: unique in its project.</summary>
    public required string NameKey { get; set; }

    public string? Description { get; set; }

    public AlertSeverity Severity { get; set; }

    /// <summary>The condition in its canonical form.</summary>
    public required string Expression { get; set; }

    /// <summary>How long the condition has to hold before the alert fires.</summary>
    public int ForSeconds { get; set; }

    public int EvaluationIntervalSeconds { get; set; }

    public NoDataState NoDataState { get; set; }

    public required IReadOnlyList<AlertNotifyOn> NotifyOn { get; set; }

    /// <summary>Minutes after which a firing alert is told of again; 0 = never.</summary>
    public int RenotifyMinutes { get; set; }

    public required IReadOnlyDictionary<string, string> Labels { get; set; }

    public string? RunbookUrl { get; set; }

    public bool Enabled { get; set; }

    public Guid? CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    public AlertRuleState State { get; private set; }

    public DateTimeOffset StateSince { get; set; }

    public DateTimeOffset? PendingSince { get; private set; }

    public DateTimeOffset? FiringSince { get; private set; }

    public DateTimeOffset? LastEvaluatedAt { get; private set; }

    public double? LastValue { get; private set; }

    public string? LastError { get; private set; }

    /// <summary>Evaluations that failed since the last that did not.</summary>
    public int Failures { get; private set; }

    public DateTimeOffset? MutedUntil { get; private set; }

    public Guid? MutedBy { get; private set; }

    public string? MuteReason { get; private set; }

    /// <summary>The open incident; null when there is none.</summary>
    public Guid? IncidentId { get; set; }

    public DateTimeOffset? LastNotifiedAt { get; private set; }

    /// <summary>When it is due, or until when a node has claimed it.</summary>
    public DateTimeOffset NextEvaluationAt { get; set; }

    public int Version { get; set; }

    public bool IsMuted(DateTimeOffset now) => MutedUntil > now;

    public void Set(AlertDraft draft, DateTimeOffset now)
    {
        (Name, NameKey, Description, Severity, Expression) = (draft.Name, Key(draft.Name), draft.Description, draft.Severity, draft.Expression);
        (ForSeconds, EvaluationIntervalSeconds, NoDataState, RenotifyMinutes) = (draft.ForSeconds, draft.EvaluationIntervalSeconds, draft.NoDataState, draft.RenotifyMinutes);
        (NotifyOn, Labels, RunbookUrl, Enabled, UpdatedAt) = (draft.NotifyOn, draft.Labels, draft.RunbookUrl, draft.Enabled, now);
    }

    public static string Key(string name) => name.ToLowerInvariant();
}
