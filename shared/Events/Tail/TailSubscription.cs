using System.Threading.Channels;

namespace Platform.Events;

/// <summary>
/// One reader's place at the tail. What comes faster than it reads waits in a buffer of bounded length and size; when that is full the
/// subscription ends as <see cref="Overflowed"/>. Dispose it to leave.
/// </summary>
public sealed class TailSubscription : IDisposable
{
    private const int MaxBytes = 10 << 20;

    private readonly Channel<TailItem> _items;
    private readonly Action<TailSubscription> _leave;
    private int _bytes;

    internal TailSubscription(TailKey key, bool live, int maxItems, Action<TailSubscription> leave)
    {
        (Key, Live) = (key, live);
        _leave = leave;
        _items = Channel.CreateBounded<TailItem>(new BoundedChannelOptions(maxItems) { SingleReader = true });
    }

    public bool Overflowed { get; private set; }

    internal TailKey Key { get; }

    /// <summary>Wants what is not stored, too.</summary>
    internal bool Live { get; }

    /// <summary>The next item; null when the subscription overflowed.</summary>
    public async ValueTask<TailItem?> ReadAsync(CancellationToken ct)
    {
        while (await _items.Reader.WaitToReadAsync(ct))
        {
            if (!_items.Reader.TryRead(out var item))
                continue;
            Interlocked.Add(ref _bytes, -item.Size);
            return item;
        }

        return null;
    }

    public void Dispose() => _leave(this);

    internal void Offer(TailItem item)
    {
        if (Overflowed)
            return;
        if (Interlocked.Add(ref _bytes, item.Size) <= MaxBytes && _items.Writer.TryWrite(item))
            return;

        Overflowed = true;
        _items.Writer.TryComplete();
    }
}

/// <summary>What a reader of the tail follows: the events of an aggregate, or, with an owner, those of a topic that belong to him.</summary>
internal readonly record struct TailKey(string Name, Guid? Owner = null);
