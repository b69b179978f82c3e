using Platform.Data;

namespace Platform.Notifications;

/// <summary>A row that whoever tells a user something of a kind writes first, so that two of them do not both find room for the last one of the hour.</summary>
[PlatformScoped]
public sealed class ThrottleSlot
{
    public required Guid UserId { get; init; }

    /// <summary>The type, and where only a tag tells what it is, that tag.</summary>
    public required string Kind { get; init; }

    public required DateTimeOffset TakenAt { get; init; }
}
