using System.Text.Json;

namespace EmbeddedFunctions.Invocation;

/// <summary>The trigger of an activity.</summary>
internal sealed record ActivityCall(string InstanceId, string? InputJson)
{
    // As the official JsonDataConverter.
    private static readonly JsonSerializerOptions Json = new() { IncludeFields = true };

    public T? Input<T>() => InputJson is null ? default : JsonSerializer.Deserialize<T>(InputJson, Json);
}
