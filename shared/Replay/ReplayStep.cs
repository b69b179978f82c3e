namespace Platform.Replay;

public enum ReplayStepKind
{
    /// <summary>There may be more: call again.</summary>
    More,

    /// <summary>The next event is not due yet.</summary>
    Waiting,

    /// <summary>Somebody has paused the session.</summary>
    Paused,

    /// <summary>Nothing is left to replay, or the session has ended.</summary>
    Over,
}

/// <summary>How far one call of the session's activity came.</summary>
/// <param name="Pause">How long to wait before the event with <paramref name="NextSequence"/>.</param>
public sealed record ReplayStep(ReplayStepKind Kind, TimeSpan Pause = default, long NextSequence = 0)
{
    public static ReplayStep More { get; } = new(ReplayStepKind.More);

    public static ReplayStep Paused { get; } = new(ReplayStepKind.Paused);

    public static ReplayStep Over { get; } = new(ReplayStepKind.Over);

    public static ReplayStep Wait(TimeSpan pause, long nextSequence) => new(ReplayStepKind.Waiting, pause, nextSequence);

    /// <summary>What a session in this state has its workflow do.</summary>
    public static ReplayStep Of(ReplayStatus? status) => status switch
    {
        ReplayStatus.Scheduled or ReplayStatus.Running => More,
        ReplayStatus.Paused => Paused,
        _ => Over,
    };
}
