using System.ComponentModel.DataAnnotations;

namespace Platform.Events;

/// <summary>Section <c>Sse</c>: server-sent event streams.</summary>
public sealed class StreamOptions
{
    public const string Section = "Sse";

    /// <summary>Silence after which a heartbeat is sent.</summary>
    [Range(1, 60)]
    public int HeartbeatSeconds { get; init; } = 15;

    /// <summary>Open streams of one user; operators may have four times as many.</summary>
    [Range(1, 1000)]
    public int MaxPerUser { get; init; } = 5;

    /// <summary>Longest life of a stream; 210 behind the cloud front end, which closes longer answers.</summary>
    [Range(1, 86_400)]
    public int MaxStreamSeconds { get; init; } = 3600;

    /// <summary>Messages that may wait for a slow reader.</summary>
    [Range(1, 100_000)]
    public int BufferMessages { get; init; } = 1000;
}
