using Platform.Events;

namespace Platform.Replay;

/// <summary>One kind of place to which replayed events go.</summary>
public interface IReplaySink
{
    ReplayTarget Target { get; }

    /// <summary>Each event goes when it is due; otherwise those of a batch go together when the last of them is.</summary>
    bool IsPaced { get; }

    /// <summary>Sends the events and stores the session's progress. A refusal is why the events failed; false says that the session is not where the step begins.</summary>
    Task<Result<bool>> SendAsync(IReadOnlyList<PlatformEvent> events, ReplayAdvance step, CancellationToken ct);
}
