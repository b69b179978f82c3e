using Platform.Events;

namespace Platform.Scripts;

/// <summary>Events about one saved script.</summary>
public abstract record ScriptEvent(Guid ScriptId, Guid UserId) : DomainEvent
{
    public override string Topic => "script_events";

    public override string? AggregateId => ScriptId.ToString();

    public override string Service => "script-service";
}

public sealed record ScriptSaved(Guid ScriptId, Guid UserId, string Title, string Language) : ScriptEvent(ScriptId, UserId)
{
    public override string EventType => "script_saved";
}

public sealed record ScriptDeleted(Guid ScriptId, Guid UserId, Guid? DeletedBy = null) : ScriptEvent(ScriptId, UserId)
{
    public override string EventType => "script_deleted";
}
