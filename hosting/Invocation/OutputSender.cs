using System.Collections;
using System.Text.Json;
using EmbeddedFunctions.Discovery;
using EmbeddedFunctions.Hosting;
using EmbeddedFunctions.Startup;
using EmbeddedFunctions.Worker;

namespace EmbeddedFunctions.Invocation;

/// <summary>Carries out [ServiceBusOutput].</summary>
internal sealed class OutputSender(IMessageSender sender, SettingExpansion settings)
{
    private const string JsonType = "application/json";

    public async Task SendAsync(InvocationContext context)
    {
        if (context.ResultValue is not { } result)
            return;

        foreach (var output in context.Function.Outputs)
        {
            if (output.Attribute is not ServiceBusOutputAttribute target)
                continue;

            var value = output.Property is null ? result : output.Property.GetValue(result);
            var messages = Messages(value);
            if (messages.Count > 0)
                await sender.SendAsync(settings.Expand(target.QueueOrTopicName), messages, context.CancellationToken);
        }
    }

    private static List<OutgoingMessage> Messages(object? value) => value switch
    {
        null => [],
        string or byte[] => [Message(value)],
        IEnumerable many and not IDictionary => [.. many.Cast<object?>().OfType<object>().Select(Message)],
        _ => [Message(value)],
    };

    private static OutgoingMessage Message(object value) => value switch
    {
        OutgoingMessage message => message,
        string text => new OutgoingMessage(System.Text.Encoding.UTF8.GetBytes(text)),
        byte[] bytes => new OutgoingMessage(bytes),
        _ => new OutgoingMessage(JsonSerializer.SerializeToUtf8Bytes(value, value.GetType())) { ContentType = JsonType },
    };
}
