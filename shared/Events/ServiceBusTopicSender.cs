using System.Text.Json;

using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Platform.Events;

/// <summary>
/// Sends to a Service Bus topic by its REST interface ("Send Message Batch"): the client library cannot be had where this project is built, Azure.Core brings
/// authentication and retries. A batch is cut at 200 messages and 180 kB, below the service's 256 kB.
/// </summary>
public sealed class ServiceBusTopicSender(Uri endpoint, HttpPipeline pipeline) : ITopicSender
{
    private const string Scope = "https://servicebus.azure.net/.default";
    private const int LargestBatch = 180_000;
    private const int MostMessages = 200;

    public static HttpPipeline CreatePipeline(TokenCredential credential) =>
        HttpPipelineBuilder.Build(new PipelineOptions(), new BearerTokenAuthenticationPolicy(credential, Scope));

    public async Task SendAsync(string topic, IReadOnlyList<TopicMessage> messages, CancellationToken ct)
    {
        List<byte[]> batch = [];
        var size = 0;
        foreach (var encoded in messages.Select(Encode))
        {
            if (batch.Count > 0 && (size + encoded.Length > LargestBatch || batch.Count == MostMessages))
            {
                await SendBatchAsync(topic, batch, ct);
                batch.Clear();
                size = 0;
            }

            batch.Add(encoded);
            size += encoded.Length + 1;
        }

        if (batch.Count > 0)
            await SendBatchAsync(topic, batch, ct);
    }

    private static byte[] Encode(TopicMessage message) => JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
    {
        ["Body"] = message.Body,
        ["BrokerProperties"] = new { MessageId = message.Id, Label = message.Subject, message.CorrelationId, ContentType = "application/json" },
        ["UserProperties"] = message.Properties,
    });

    private async Task SendBatchAsync(string topic, List<byte[]> batch, CancellationToken ct)
    {
        using var message = pipeline.CreateMessage();
        message.Request.Method = RequestMethod.Post;
        message.Request.Uri.Reset(new Uri(endpoint, $"{topic}/messages?api-version=2017-04"));
        message.Request.Headers.Add("Content-Type", "application/vnd.microsoft.servicebus.json");
        message.Request.Content = RequestContent.Create(Join(batch));
        await pipeline.SendAsync(message, ct);
        if (message.Response.Status != 201)
            throw new RequestFailedException(message.Response);
    }

    private static byte[] Join(List<byte[]> items)
    {
        using var joined = new MemoryStream();
        joined.WriteByte((byte)'[');
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
                joined.WriteByte((byte)',');
            joined.Write(items[i]);
        }

        joined.WriteByte((byte)']');
        return joined.ToArray();
    }

    private sealed class PipelineOptions : ClientOptions;
}
