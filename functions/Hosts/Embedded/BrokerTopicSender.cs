using System.Text;

using EmbeddedFunctions.Hosting;

using Platform.Events;

namespace Platform.Functions.Hosts;

/// <summary>Sends to the embedded broker.</summary>
internal sealed class BrokerTopicSender(IMessageSender sender) : ITopicSender
{
    public Task SendAsync(string topic, IReadOnlyList<TopicMessage> messages, CancellationToken ct) => sender.SendAsync(
        topic,
        [.. messages.Select(m => new OutgoingMessage(Encoding.UTF8.GetBytes(m.Body))
        {
            MessageId = m.Id,
            Subject = m.Subject,
            CorrelationId = m.CorrelationId,
            ContentType = "application/json",
            ApplicationProperties = m.Properties,
        })],
        ct);
}
