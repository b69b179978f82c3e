using Platform.Events;

namespace Platform.Scripts;

/// <summary>Events about one saved script.</summary>
public abstract record ScriptEvent(Guid ScriptId) : DomainEvent
{
    public override string Topic => "script_events";

    public override string? AggregateId => ScriptId.ToString();

    public override string Service => "script-service";
}

public sealed record ScriptSaved(Guid ScriptId, Guid UserId, string Title, string Language) : ScriptEvent(ScriptId)
{
    public override string EventType => "script_saved";
}

public sealed record ScriptDeleted(Guid ScriptId, Guid UserId, Guid? DeletedBy = null) : ScriptEvent(ScriptId)
{
    public override string EventType => "script_deleted";
}

/// <summary>Whoever has a link is none of <paramref name="SharedWith"/>, which names people.</summary>
public sealed record ScriptShared(Guid ScriptId, Guid SharedBy, IReadOnlyList<string> SharedWith, string Permissions) : ScriptEvent(ScriptId)
{
    public override string EventType => "script_shared";
}
