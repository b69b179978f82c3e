using System.Data.Common;
using System.Text.Json;
using EmbeddedFunctions.ServiceBus;

namespace EmbeddedFunctions.Broker;

/// <summary>Reads a message from its row and writes properties as JSON.</summary>
internal static class MessageRow
{
    public const string Columns =
        "seq, message_id, correlation_id, subject, content_type, properties, body, delivery_count, scheduled_at, enqueued_at, visible_at, expires_at, lock_token, dead_letter_source, dead_letter_reason, dead_letter_description";

    public static ServiceBusReceivedMessage Read(DbDataReader row)
    {
        var enqueued = Time(row.GetInt64(9));
        var expires = Time(row.GetInt64(11));
        return new ServiceBusReceivedMessage
        {
            SequenceNumber = row.GetInt64(0),
            EnqueuedSequenceNumber = row.GetInt64(0),
            MessageId = row.GetString(1),
            CorrelationId = Text(row, 2)!,
            Subject = Text(row, 3)!,
            ContentType = Text(row, 4)!,
            ApplicationProperties = ReadProperties(Text(row, 5)),
            Body = BinaryData.FromBytes(row.GetFieldValue<byte[]>(6)),
            DeliveryCount = row.GetInt32(7),
            ScheduledEnqueueTime = row.GetInt64(8) == 0 ? default : Time(row.GetInt64(8)),
            EnqueuedTime = enqueued,
            LockedUntil = Time(row.GetInt64(10)),
            ExpiresAt = expires,
            TimeToLive = expires == DateTimeOffset.MaxValue ? TimeSpan.MaxValue : expires - enqueued,
            LockToken = Text(row, 12) ?? "",
            DeadLetterSource = Text(row, 13)!,
            DeadLetterReason = Text(row, 14)!,
            DeadLetterErrorDescription = Text(row, 15)!,
        };
    }

    public static string? WriteProperties(IReadOnlyDictionary<string, object>? properties) => properties is { Count: > 0 } ? JsonSerializer.Serialize(properties) : null;

    private static Dictionary<string, object> ReadProperties(string? json)
    {
        var properties = new Dictionary<string, object>();
        if (json is null)
            return properties;

        using var document = JsonDocument.Parse(json);
        foreach (var property in document.RootElement.EnumerateObject())
            properties[property.Name] = Value(property.Value);
        return properties;
    }

    private static object Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number when value.TryGetInt64(out var number) => number,
        JsonValueKind.Number => value.GetDouble(),
        _ => value.ToString(),
    };

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset Time(long ticks) => ticks == long.MaxValue ? DateTimeOffset.MaxValue : new DateTimeOffset(ticks, TimeSpan.Zero);
}
