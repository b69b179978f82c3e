namespace Platform.Replay;

public enum ReplayStatus
{
    Created,

    /// <summary>Starts by itself.</summary>
    Scheduled,
    Running,
    Paused,
    Completed,
    Failed,
    Cancelled,
}

internal static class ReplayStates
{
    public static readonly IReadOnlyList<ReplayStatus> Open = [ReplayStatus.Created, ReplayStatus.Scheduled, ReplayStatus.Running, ReplayStatus.Paused];
    public static readonly IReadOnlyList<ReplayStatus> Ended = [ReplayStatus.Completed, ReplayStatus.Failed, ReplayStatus.Cancelled];
}
