using Platform.Identity;

namespace Platform.Data;

/// <summary>A unit of work tried to write a row of another tenant. Never the caller's doing: services look rows up through the filters first.</summary>
public sealed class TenantViolationException(string entity, string state, CallerKind caller)
    : Exception($"{entity} ({state}) belongs to another tenant than the caller ({caller}).");
