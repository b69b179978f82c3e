using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EmbeddedFunctions.Durable;

/// <summary>Stored JSON of history events, messages and failures.</summary>
[JsonSerializable(typeof(List<HistoryEvent>))]
[JsonSerializable(typeof(HistoryEvent))]
[JsonSerializable(typeof(Failure))]
[JsonSerializable(typeof(EntityCaller))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class HistoryJson : JsonSerializerContext
{
    // The payloads inside are JSON texts themselves: the default encoder would write each of their quotes as six characters.
    public static HistoryJson Stored { get; } = new(new JsonSerializerOptions
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public static string Write(List<HistoryEvent> events) => JsonSerializer.Serialize(events, Stored.ListHistoryEvent);

    public static string Write(HistoryEvent message) => JsonSerializer.Serialize(message, Stored.HistoryEvent);

    public static string? Write(Failure? failure) => failure is null ? null : JsonSerializer.Serialize(failure, Stored.Failure);

    public static string? Write(IReadOnlyDictionary<string, string> tags) =>
        tags.Count == 0 ? null : JsonSerializer.Serialize(new Dictionary<string, string>(tags), Stored.DictionaryStringString);

    public static string? Write(EntityCaller? caller) => caller is null ? null : JsonSerializer.Serialize(caller, Stored.EntityCaller);

    public static EntityCaller ReadCaller(string json) => JsonSerializer.Deserialize(json, Stored.EntityCaller)!;

    public static List<HistoryEvent> ReadEvents(string json) => JsonSerializer.Deserialize(json, Stored.ListHistoryEvent)!;

    public static HistoryEvent ReadEvent(string json) => JsonSerializer.Deserialize(json, Stored.HistoryEvent)!;

    public static Failure? ReadFailure(string? json) => json is null ? null : JsonSerializer.Deserialize(json, Stored.Failure);

    public static IReadOnlyDictionary<string, string> ReadTags(string? json) =>
        json is null ? new Dictionary<string, string>() : JsonSerializer.Deserialize(json, Stored.DictionaryStringString)!;
}
