using System.Buffers.Binary;
using System.Data.Common;
using EmbeddedFunctions.ServiceBus;

namespace EmbeddedFunctions.Broker;

/// <summary>Reads a message from its row.</summary>
internal static class MessageRow
{
    /// <summary>The mark of deferred messages among the times of visibility.</summary>
    public const long Deferred = long.MaxValue;

    public const string Columns =
        "seq, message_id, correlation_id, subject, content_type, properties, body, delivery_count, scheduled_at, enqueued_at, visible_at, expires_at, dead_letter_source, dead_letter_reason, dead_letter_description, session_id, headers";

    public static ServiceBusReceivedMessage Read(DbDataReader row, Guid delivery, DateTimeOffset received)
    {
        var (enqueued, expires) = (Time(row.GetInt64(9)), Time(row.GetInt64(11)));
        var (reason, description) = (Text(row, 13), Text(row, 14));
        var headers = MessageHeaders.Read(Text(row, 16));
        return new ServiceBusReceivedMessage
        {
            SequenceNumber = row.GetInt64(0),
            EnqueuedSequenceNumber = row.GetInt64(0),
            MessageId = row.GetString(1),
            CorrelationId = Text(row, 2)!,
            Subject = Text(row, 3)!,
            ContentType = Text(row, 4)!,
            ApplicationProperties = Properties(Text(row, 5), reason, description),
            Body = BinaryData.FromBytes(row.GetFieldValue<byte[]>(6)),
            DeliveryCount = row.GetInt32(7),
            ScheduledEnqueueTime = row.GetInt64(8) == 0 ? default : Time(row.GetInt64(8)),
            EnqueuedTime = enqueued,
            LockedUntil = Time(row.GetInt64(10)),
            ExpiresAt = expires,
            TimeToLive = expires == DateTimeOffset.MaxValue ? TimeSpan.MaxValue : expires - enqueued,
            DeadLetterSource = Text(row, 12)!,
            DeadLetterReason = reason!,
            DeadLetterErrorDescription = description!,
            SessionId = Text(row, 15)!,
            ReplyTo = headers.ReplyTo!,
            ReplyToSessionId = headers.ReplyToSessionId!,
            To = headers.To!,
            PartitionKey = headers.PartitionKey!,
            LockToken = LockToken(delivery, row.GetInt64(0)),
            Delivery = delivery.ToString("N"),
            ReceivedAt = received,
        };
    }

    // Receivers expect a GUID of their own for each message; the store needs one per receive only.
    private static string LockToken(Guid delivery, long sequenceNumber)
    {
        Span<byte> bytes = stackalloc byte[16];
        delivery.TryWriteBytes(bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]) ^ sequenceNumber);
        return new Guid(bytes).ToString("D");
    }

    private static Dictionary<string, object> Properties(string? json, string? reason, string? description)
    {
        var properties = MessageProperties.Read(json);
        if (reason is null && description is null)
            return properties;

        properties = new Dictionary<string, object>(properties);
        if (reason is not null)
            properties["DeadLetterReason"] = reason;
        if (description is not null)
            properties["DeadLetterErrorDescription"] = description;
        return properties;
    }

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset Time(long ticks) => ticks == long.MaxValue ? DateTimeOffset.MaxValue : new DateTimeOffset(ticks, TimeSpan.Zero);
}
