using Platform.Events;

namespace Platform.Replay;

/// <summary>Puts events back on the platform's event bus; their rows and the session's progress are one transaction.</summary>
public sealed class BusSink(ReplayBus bus) : IReplaySink
{
    public ReplayTarget Target => ReplayTarget.Kafka;

    public bool IsPaced => true;

    public Task<Result<bool>> SendAsync(IReadOnlyList<PlatformEvent> events, ReplayAdvance step, CancellationToken ct) =>
        bus.SendAsync(events, ReplaySource.Of(step.From), db => ReplayProgress.AdvanceAsync(db, step, ct), ct);
}
