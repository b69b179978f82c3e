namespace Platform.Identity;

/// <summary>
/// Holds the caller of one unit of work (one per service scope). Identification sets it once per request; background work opens a scope and sets
/// <see cref="Caller.System"/> or <see cref="Caller.Platform"/>. Services take <see cref="Caller"/> itself, which is resolved from here.
/// </summary>
public sealed class CallerScope
{
    public Caller Current { get; set; } = Caller.Anonymous;

    /// <summary>Correlation id of the request or orchestration; printable ASCII, at most 128 characters.</summary>
    public string? CorrelationId { get; set; }

    public string? IpAddress { get; set; }

    public string? UserAgent { get; set; }
}
