using System.Text.Json;
using EmbeddedFunctions.ServiceBus;
using EmbeddedFunctions.Worker;

namespace EmbeddedFunctions.Invocation;

/// <summary>The trigger of a message function.</summary>
internal sealed record MessageDelivery(ServiceBusReceivedMessage Message, ServiceBusMessageActions Actions)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNameCaseInsensitive = true };

    public T? Body<T>()
    {
        try
        {
            return JsonSerializer.Deserialize<T>(Message.Body.ToMemory().Span, Json);
        }
        catch (JsonException e)
        {
            throw new FunctionInputConverterException($"The message's body is not a {typeof(T).Name}: {e.Message}", e);
        }
    }
}
