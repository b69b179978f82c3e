namespace EmbeddedFunctions.Durable;

/// <summary>What an operation has asked for; it takes effect with the state that the operation leaves.</summary>
internal abstract record EntityEffect;

internal sealed record SignalEffect(string EntityId, string Operation, string? Input, DateTime? DueAt) : EntityEffect;

internal sealed record StartEffect(string InstanceId, string Name, string? Input, string? Version, DateTime? StartAt, IReadOnlyDictionary<string, string> Tags) : EntityEffect;
