namespace Platform.Replay;

/// <summary>The pause before an event: its distance in time from the one before, divided by the speed, at most 300 s (executions.md §2.11).</summary>
public static class ReplayPace
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(300);
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    public static TimeSpan Between(DateTimeOffset? previous, DateTimeOffset next, double speed)
    {
        if (previous is not { } before || next <= before || speed >= ReplayConfig.FullSpeed)
            return TimeSpan.Zero;
        var pause = (next - before).TotalSeconds / speed;
        if (pause >= Longest.TotalSeconds)
            return Longest;
        return pause < Shortest.TotalSeconds ? TimeSpan.Zero : TimeSpan.FromSeconds(pause);
    }
}
