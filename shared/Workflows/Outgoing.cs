namespace Platform.Workflows;

/// <summary>A row of the outbox as the relay reads it.</summary>
internal sealed record Outgoing(long RowId, string InstanceId, string? Name, string? EventName, string? Payload, DateTimeOffset CreatedAt, int Attempts);
