namespace Platform.Replay;

/// <summary>The durable orchestration of one session: its name, instance id, input and the events that wake it.</summary>
public static class ReplayWorkflow
{
    public const string Name = "ReplaySession";
    public const string Pause = "Pause";
    public const string Resume = "Resume";
    public const string Cancel = "Cancel";

    public static string InstanceId(Guid sessionId) => $"replay-{sessionId}";

    /// <param name="Pause">The pause before the next event that it is in; handed on when it continues as new.</param>
    public sealed record Input(Guid SessionId, string CorrelationId, PendingPause? Pause = null);

    /// <summary>The event with <paramref name="Sequence"/> is not replayed before <paramref name="Until"/> (UTC).</summary>
    public sealed record PendingPause(long Sequence, DateTime Until);
}
