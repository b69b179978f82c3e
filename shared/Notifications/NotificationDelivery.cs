namespace Platform.Notifications;

/// <summary>The durable orchestration that takes one notification to its receiver: its name, instance id and input.</summary>
public static class NotificationDelivery
{
    public const string Name = "NotificationDelivery";

    public static string InstanceId(Guid notificationId) => $"notify-{notificationId}";

    public sealed record Input(Guid NotificationId, string? CorrelationId);
}

/// <summary>How far a delivery came: not further before <paramref name="Until"/>, or over when that is null.</summary>
public sealed record DeliveryStep(DateTimeOffset? Until)
{
    public static readonly DeliveryStep Over = new(Until: null);
}
