using Platform.Identity;

namespace Platform.Builds;

/// <summary>When and on whose request something happens.</summary>
public sealed class BuildClock(TimeProvider time, CallerScope scope)
{
    /// <summary>To the millisecond, as rows keep it.</summary>
    public DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    public TimeProvider Time => time;

    public string? CorrelationId => scope.CorrelationId;
}
