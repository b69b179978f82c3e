namespace Platform.Events;

/// <summary>One page of a list of events; <paramref name="Total"/> counts all matches.</summary>
public sealed record EventPage<T>(IReadOnlyList<T> Events, long Total, int Limit, int Skip)
{
    public bool HasMore => Skip + Events.Count < Total;
}
