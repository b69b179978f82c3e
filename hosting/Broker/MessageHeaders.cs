using System.Text.Json;
using EmbeddedFunctions.Hosting;

namespace EmbeddedFunctions.Broker;

/// <summary>The properties of a message that few messages have, together in one column as JSON.</summary>
internal sealed record MessageHeaders
{
    public static readonly MessageHeaders None = new();

    public string? ReplyTo { get; init; }

    public string? ReplyToSessionId { get; init; }

    public string? To { get; init; }

    public string? PartitionKey { get; init; }

    public static string? Write(OutgoingMessage message)
    {
        var headers = new MessageHeaders { ReplyTo = message.ReplyTo, ReplyToSessionId = message.ReplyToSessionId, To = message.To, PartitionKey = message.PartitionKey };
        return headers == None ? null : JsonSerializer.Serialize(headers);
    }

    public static MessageHeaders Read(string? json) => json is null ? None : JsonSerializer.Deserialize<MessageHeaders>(json)!;
}
