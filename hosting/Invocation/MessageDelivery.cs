using System.Text.Json;
using EmbeddedFunctions.ServiceBus;
using EmbeddedFunctions.Worker;

namespace EmbeddedFunctions.Invocation;

/// <summary>The trigger of a message function: one message, or those of a batch.</summary>
internal sealed record MessageDelivery(IReadOnlyList<ServiceBusReceivedMessage> Messages, ServiceBusMessageActions Actions, ServiceBusSessionMessageActions? SessionActions)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNameCaseInsensitive = true };

    public ServiceBusReceivedMessage Message => Messages[0];

    public T? Body<T>() => Body<T>(Message);

    public T?[] Bodies<T>() => Each(static m => Body<T>(m));

    public List<T?> BodyList<T>() => [.. Bodies<T>()];

    public T[] Each<T>(Func<ServiceBusReceivedMessage, T> value) => [.. Messages.Select(value)];

    private static T? Body<T>(ServiceBusReceivedMessage message)
    {
        if (typeof(T) == typeof(ServiceBusReceivedMessage))
            return (T)(object)message;
        if (typeof(T) == typeof(BinaryData))
            return (T)(object)message.Body;
        if (typeof(T) == typeof(string))
            return (T)(object)message.Body.ToString();
        if (typeof(T) == typeof(byte[]))
            return (T)(object)message.Body.ToArray();
        try
        {
            return JsonSerializer.Deserialize<T>(message.Body.ToMemory().Span, Json);
        }
        catch (JsonException e)
        {
            throw new FunctionInputConverterException($"The message's body is not a {typeof(T).Name}: {e.Message}", e);
        }
    }
}
