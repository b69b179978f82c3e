namespace Platform.Replay;

/// <summary>What went wrong with an event of a session, or (without event) with the session.</summary>
public sealed record ReplayProblem(DateTimeOffset Timestamp, Guid? EventId, string Error, string? Type)
{
    /// <summary>A session keeps the first ones.</summary>
    public const int Most = 100;
}
