namespace EmbeddedFunctions.TestKit;

/// <summary>Something that an orchestrator has asked for.</summary>
/// <param name="Kind"><c>activity</c>, <c>sub-orchestration</c>, <c>timer</c> or <c>event</c> (one that it sent).</param>
/// <param name="Name">The function or event; a timer's due time as <c>2026-01-01T00:00:00Z</c>.</param>
/// <param name="Time">The orchestration's time when it asked.</param>
public sealed record ScriptedCall(string Kind, string Name, DateTime Time)
{
    public override string ToString() => $"{Kind} {Name}";
}
