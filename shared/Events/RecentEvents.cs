namespace Platform.Events;

/// <summary>
/// The newest committed events, in memory: who follows the store need not read from the database what this process has just written there. Fed on SQLite only,
/// where events have their numbers when they commit. At most 512 events and about 4 MiB of payload.
/// </summary>
public sealed class RecentEvents
{
    private const int MostEvents = 512;
    private const int MostCharacters = 4 << 20;

    private readonly Lock _lock = new();
    private readonly LinkedList<PlatformEvent> _events = [];
    private int _characters;

    /// <summary>Everything after the sequence, in order; null when that reaches further back than what is kept, so that the database has to be asked.</summary>
    public IReadOnlyList<PlatformEvent>? After(long sequence)
    {
        lock (_lock)
        {
            if (_events.First is null || _events.First.Value.Sequence > sequence + 1)
                return null;

            List<PlatformEvent> after = [];
            for (var node = _events.Last; node is not null && node.Value.Sequence > sequence; node = node.Previous)
                after.Add(node.Value);
            after.Reverse();
            return after;
        }
    }

    public PlatformEvent? Find(Guid eventId)
    {
        lock (_lock)
        {
            for (var node = _events.Last; node is not null; node = node.Previous)
            {
                if (node.Value.EventId == eventId)
                    return node.Value;
            }

            return null;
        }
    }

    /// <summary>The event was deleted.</summary>
    internal void Forget(Guid eventId)
    {
        lock (_lock)
        {
            for (var node = _events.First; node is not null; node = node.Next)
            {
                if (node.Value.EventId != eventId)
                    continue;
                _characters -= node.Value.Payload.Length;
                _events.Remove(node);
                return;
            }
        }
    }

    /// <summary>Call in the order of the commits; the events of one commit follow each other.</summary>
    internal void Add(IReadOnlyList<PlatformEvent> committed)
    {
        lock (_lock)
        {
            if (_events.Last is { } last && last.Value.Sequence + 1 != committed[0].Sequence)
                Clear();
            foreach (var e in committed)
            {
                _events.AddLast(e);
                _characters += e.Payload.Length;
            }

            while (_events.Count > MostEvents || (_characters > MostCharacters && _events.Count > 0))
            {
                _characters -= _events.First!.Value.Payload.Length;
                _events.RemoveFirst();
            }
        }
    }

    private void Clear()
    {
        _events.Clear();
        _characters = 0;
    }
}
