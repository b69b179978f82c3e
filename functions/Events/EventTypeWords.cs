using Platform.Events;

namespace Platform.Functions.Events;

/// <summary>Holds the types that a request names against the catalogue.</summary>
internal static class EventTypeWords
{
    /// <param name="catalog">Every type there is.</param>
    /// <param name="types">As they were sent.</param>
    /// <param name="place">Where they stand in the request.</param>
    public static Error? Check(this EventCatalog catalog, IReadOnlyList<string> types, params string[] place) =>
        types.FirstOrDefault(type => catalog.Find(type) is null) is { } unknown ? EventErrors.UnknownType(place, unknown) : null;
}
