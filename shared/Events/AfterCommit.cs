using Platform.Data;

namespace Platform.Events;

/// <summary>Tells the rest of the process what a commit brought: readers of events at once where they are numbered already, the relay when it has something to do.</summary>
internal sealed class AfterCommit(DatabaseSettings settings, RecentEvents recent, EventSignal signal, ForwardedEvents forwarded, IOutboxSignal outbox)
{
    /// <summary>On SQLite to be called before another unit of work can commit.</summary>
    public void Tell(IReadOnlyList<PlatformEvent> events, bool workflows)
    {
        if (settings.IsSqlite && events.Count > 0)
        {
            recent.Add(events);
            signal.Publish(events[^1].Sequence!.Value);
        }

        if (workflows || events.Any(e => e.Sequence is null || forwarded.Contains(e.EventType)))
            outbox.Wake();
    }
}
