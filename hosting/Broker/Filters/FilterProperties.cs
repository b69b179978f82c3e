using EmbeddedFunctions.Hosting;

namespace EmbeddedFunctions.Broker.Filters;

/// <summary>A message's properties as filters see them; names do not distinguish case. What is missing is null.</summary>
internal static class FilterProperties
{
    private static readonly Dictionary<string, Func<OutgoingMessage, object?>> SystemProperties = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ContentType"] = m => m.ContentType,
        ["CorrelationId"] = m => m.CorrelationId,
        ["Label"] = m => m.Subject,
        ["Subject"] = m => m.Subject,
        ["MessageId"] = m => m.MessageId,
        ["ReplyTo"] = m => m.ReplyTo,
        ["ReplyToSessionId"] = m => m.ReplyToSessionId,
        ["SessionId"] = m => m.SessionId,
        ["To"] = m => m.To,
        ["PartitionKey"] = m => m.PartitionKey,
        ["ScheduledEnqueueTimeUtc"] = m => m.ScheduledEnqueueTime,
        ["TimeToLive"] = m => m.TimeToLive,
    };

    public static Func<OutgoingMessage, object?>? System(string name) => SystemProperties.GetValueOrDefault(name);

    public static object? User(OutgoingMessage message, string name)
    {
        if (message.ApplicationProperties is not { } properties)
            return null;
        if (properties.TryGetValue(name, out var exact))
            return exact;
        foreach (var (key, value) in properties)
        {
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
                return value;
        }

        return null;
    }
}
