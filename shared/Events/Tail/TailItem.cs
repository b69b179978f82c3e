namespace Platform.Events;

/// <summary>
/// One thing that the streams of an aggregate pass on: a stored event, or something live that is not stored. Shared by all of them, so that it is rendered once.
/// </summary>
public sealed class TailItem
{
    private readonly Lock _lock = new();
    private Task<ReadOnlyMemory<byte>>? _rendered;

    public TailItem(PlatformEvent stored) => Event = stored;

    /// <summary>Something live; <paramref name="rendered"/> is its finished JSON.</summary>
    public TailItem(string eventType, ReadOnlyMemory<byte> rendered)
    {
        LiveType = eventType;
        _rendered = Task.FromResult(rendered);
    }

    /// <summary>Null for something live.</summary>
    public PlatformEvent? Event { get; }

    public string EventType => Event?.EventType ?? LiveType!;

    /// <summary>What it weighs in a reader's buffer, in bytes.</summary>
    public int Size => Event is { } stored ? stored.Payload.Length : 4096;

    private string? LiveType { get; }

    /// <summary>The JSON of the message; <paramref name="render"/> is called by the first of the readers only.</summary>
    public Task<ReadOnlyMemory<byte>> RenderAsync(Func<PlatformEvent, Task<ReadOnlyMemory<byte>>> render)
    {
        lock (_lock)
        {
            if (_rendered is null or { IsFaulted: true } or { IsCanceled: true })
                _rendered = render(Event!);
            return _rendered;
        }
    }
}
