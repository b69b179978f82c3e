using System.Text.Json;
using System.Text.Json.Serialization;

namespace Platform.Events;

/// <summary>Where an event came from; keys beyond these (provenance of replays) are kept.</summary>
public sealed record EventMetadata
{
    public required string ServiceName { get; init; }

    public required string ServiceVersion { get; init; }

    public required string CorrelationId { get; init; }

    public Guid? UserId { get; init; }

    public string? IpAddress { get; init; }

    public string? UserAgent { get; init; }

    /// <summary><c>development</c>, <c>staging</c>, <c>production</c> or <c>test</c>.</summary>
    public required string Environment { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extra { get; init; }
}
