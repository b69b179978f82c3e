namespace Platform.Notifications;

/// <summary>What a user's settings say of notifications (executions.md §2.13).</summary>
public interface INotificationPreferences
{
    /// <summary>The defaults for users without settings.</summary>
    ValueTask<NotificationPreferences> ReadAsync(Guid userId, CancellationToken ct);
}

/// <summary>The switches of a user's settings; as they are, the defaults.</summary>
public sealed record NotificationPreferences
{
    public static readonly NotificationPreferences Default = new();

    public bool ExecutionCompleted { get; init; } = true;

    /// <summary>Timeouts too.</summary>
    public bool ExecutionFailed { get; init; } = true;

    /// <summary>Updates, alerts and maintenance of the platform.</summary>
    public bool SystemUpdates { get; init; } = true;

    public bool SecurityAlerts { get; init; } = true;

    public IReadOnlyList<NotificationChannel> Channels { get; init; } = [NotificationChannel.InApp];

    /// <summary>Types without a switch are always wanted.</summary>
    public bool Wants(NotificationType type) => type switch
    {
        NotificationType.ExecutionCompleted => ExecutionCompleted,
        NotificationType.ExecutionFailed or NotificationType.ExecutionTimeout => ExecutionFailed,
        NotificationType.SystemUpdate or NotificationType.SystemAlert or NotificationType.Maintenance => SystemUpdates,
        NotificationType.SecurityAlert => SecurityAlerts,
        _ => true,
    };
}

/// <summary>For an installation without stored settings: everybody has the defaults.</summary>
internal sealed class DefaultNotificationPreferences : INotificationPreferences
{
    public ValueTask<NotificationPreferences> ReadAsync(Guid userId, CancellationToken ct) => new(NotificationPreferences.Default);
}
