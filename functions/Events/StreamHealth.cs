using Platform.Events;

namespace Platform.Functions.Events;

/// <summary>Summary of the stream service; <c>kafka_enabled</c> is the event bus, which is part of the process.</summary>
public sealed record StreamHealth(
    string Status, bool KafkaEnabled, int ActiveConnections, int ActiveExecutions, int ActiveConsumers, int MaxConnectionsPerUser, StreamShutdown Shutdown, DateTimeOffset Timestamp)
{
    public static StreamHealth Of(StreamRegistry registry, EventTail tail, DateTimeOffset now)
    {
        var (open, stopping) = (registry.Open, registry.Stopping.IsCancellationRequested);
        var shutdown = new StreamShutdown(stopping ? "draining" : "ready", stopping, stopping && open == 0, open, stopping ? open : 0);
        return new StreamHealth(stopping ? "draining" : "healthy", true, open, tail.Aggregates, 1, registry.MaxPerUser, shutdown, now);
    }
}

/// <summary>How far the closing of the streams is.</summary>
public sealed record StreamShutdown(string Phase, bool Initiated, bool Complete, int ActiveConnections, int DrainingConnections);
