namespace Platform.Functions.Events;

/// <summary>Query of the event streams.</summary>
public sealed record StreamQuery
{
    /// <summary>Send an <c>event:</c> line with the type of each message.</summary>
    public bool NamedEvents { get; init; }

    /// <summary>Go on after this id, for clients that cannot send the header <c>Last-Event-ID</c>, which wins. What is not an id counts as absent.</summary>
    public string? LastEventId { get; init; }
}
