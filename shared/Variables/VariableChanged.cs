using Platform.Events;

namespace Platform.Variables;

/// <summary>A variable was created, updated or deleted (<paramref name="Change"/>). Tells its key, never its value.</summary>
public sealed record VariableChanged(Guid VariableId, string Key, string Change) : DomainEvent
{
    public override string EventType => "variable.changed";

    public override string Topic => "variable_events";

    public override string? AggregateId => VariableId.ToString();

    public override string Service => "variable-service";

    public static VariableChanged Of(Variable variable, string change) =>
        new(variable.Id, variable.Key, change) { OrganizationId = variable.OrganizationId, ProjectId = variable.ProjectId };
}
