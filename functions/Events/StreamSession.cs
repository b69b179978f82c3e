namespace Platform.Functions.Events;

/// <summary>One open stream: what it has shown and when it last wrote.</summary>
public sealed class StreamSession(ApiRequest request, bool named, long seen, TimeProvider clock)
{
    private readonly SseWriter _output = new(request.Http.Response, named);

    public ApiRequest Request { get; } = request;

    /// <summary>Sequence of the newest event that it has passed on or passed over.</summary>
    public long Seen { get; set; } = seen;

    public long OpenedAt { get; } = clock.GetTimestamp();

    public long CheckedAt { get; set; } = clock.GetTimestamp();

    public long WrittenAt { get; private set; } = clock.GetTimestamp();

    public Task OpenAsync(CancellationToken ct) => _output.OpenAsync(ct);

    public ValueTask WriteAsync(long? id, string eventType, ReadOnlyMemory<byte> json, CancellationToken ct)
    {
        WrittenAt = clock.GetTimestamp();
        return _output.WriteAsync(id, eventType, json, ct);
    }
}
