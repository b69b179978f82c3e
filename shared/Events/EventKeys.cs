using System.Security.Cryptography;
using System.Text;

namespace Platform.Events;

/// <summary>Idempotency keys of consumers (executions.md §2.9).</summary>
public static class EventKeys
{
    public static string ByEvent(PlatformEvent stored) => $"{stored.EventType}:{stored.EventId:D}";

    /// <summary>Events with the same type, aggregate and payload are the same work, whatever their ids and times.</summary>
    public static string ByContent(PlatformEvent stored)
    {
        var content = $"{stored.EventType}\n{stored.EventVersion}\n{stored.AggregateId}\n{stored.Payload}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
    }
}
