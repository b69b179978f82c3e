using System.Text.Json;

namespace Platform.Events;

/// <summary>The metadata keys that tell where a replayed event comes from.</summary>
public static class ReplayProvenance
{
    public const string Replayed = "replayed";
    public const string OriginalEventId = "original_event_id";
    public const string SessionId = "replay_session_id";
    public const string Target = "replay_target";

    /// <summary>The consumer that the replay names; null when it names none.</summary>
    public static string? TargetOf(EventMetadata metadata) =>
        metadata.Extra?.GetValueOrDefault(Target) is { ValueKind: JsonValueKind.String } target ? target.GetString() : null;
}
