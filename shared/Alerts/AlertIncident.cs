using Platform.Data;

namespace Platform.Alerts;

/// <summary>The time from an alert's firing to its end.</summary>
public sealed class AlertIncident : IProjectOwned
{
    /// <summary>Who closed it, when no user did.</summary>
    public const string System = "system";

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid ProjectId { get; init; }

    public required Guid AlertId { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>What the left side of the condition was.</summary>
    public double? Value { get; init; }

    public required string Expression { get; init; }

    /// <summary>Its alert lost its data meanwhile.</summary>
    public bool LostData { get; set; }

    public DateTimeOffset? ClosedAt { get; private set; }

    /// <summary>A user's id, or <see cref="System"/>.</summary>
    public string? ClosedBy { get; private set; }

    /// <summary><c>alert_changed</c> or <c>alert_deleted</c>; null when the condition ended or a user closed it.</summary>
    public string? Reason { get; private set; }

    public string? Note { get; private set; }

    public void Close(AlertClosing closing, DateTimeOffset now) => (ClosedAt, ClosedBy, Reason, Note) = (now, closing.By?.ToString() ?? System, closing.Reason, closing.Note);
}

/// <summary>How an incident ends.</summary>
/// <param name="By">Null: the platform closed it.</param>
public sealed record AlertClosing(Guid? By, string? Reason = null, string? Note = null)
{
    public static readonly AlertClosing Evaluated = new(By: null);
    public static readonly AlertClosing Changed = new(By: null, "alert_changed");
    public static readonly AlertClosing Deleted = new(By: null, "alert_deleted");
}
