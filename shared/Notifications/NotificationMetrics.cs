using System.Diagnostics.Metrics;
using Platform.Data;

namespace Platform.Notifications;

/// <summary>Counters of the meter <c>Platform.Notifications</c>.</summary>
public sealed class NotificationMetrics : IDisposable
{
    public const string MeterName = "Platform.Notifications";

    /// <summary>Notifications that were not stored because the user had enough of their type.</summary>
    public const string ThrottledName = "platform.notifications.throttled";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _throttled;

    public NotificationMetrics() => _throttled = _meter.CreateCounter<long>(ThrottledName);

    public void Throttled(NotificationType type) => _throttled.Add(1, new KeyValuePair<string, object?>("type", EnumWords<NotificationType>.ToWord(type)));

    public void Dispose() => _meter.Dispose();
}
