using Platform.Data;

namespace Platform.Agents;

/// <summary>Tasks and follow-ups that a user has started on one day (UTC). Reached by the user's id only.</summary>
[PlatformScoped]
public sealed class UsageCounter
{
    public required Guid UserId { get; init; }

    public required DateOnly Date { get; init; }

    public int Messages { get; init; }
}
