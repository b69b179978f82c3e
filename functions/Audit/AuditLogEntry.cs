using System.Text.Json;
using Platform.Audit;

namespace Platform.Functions.Audit;

/// <summary>One entry as the delivery family shows it. <c>sequence</c> and hashes are absent until the entry is part of its chain.</summary>
public sealed record AuditLogEntry
{
    public const string DeletedUser = "Deleted user";

    public required Guid Id { get; init; }

    public required DateTimeOffset Timestamp { get; init; }

    public required Guid? ActorId { get; init; }

    public required AuditActor ActorType { get; init; }

    /// <summary>The actor's name as it is now.</summary>
    public required string ActorName { get; init; }

    public required Guid? TokenId { get; init; }

    public required Guid? ImpersonatorId { get; init; }

    public required string Action { get; init; }

    public required string? Alias { get; init; }

    public required string ResourceType { get; init; }

    public required string? ResourceId { get; init; }

    public required string? ResourceName { get; init; }

    public required Guid? ProjectId { get; init; }

    public required AuditOutcome Outcome { get; init; }

    public required string? Reason { get; init; }

    public required string? Ip { get; init; }

    public required string? UserAgent { get; init; }

    public required string? RequestId { get; init; }

    public required IReadOnlyList<AuditChange> Changes { get; init; }

    public required JsonElement Metadata { get; init; }

    public required long? Sequence { get; init; }

    public required string? PreviousHash { get; init; }

    public required string? Hash { get; init; }

    /// <param name="record">What is shown.</param>
    /// <param name="reader">Who may not see addresses and user agents of others; null sees all.</param>
    public static AuditLogEntry From(AuditRecord record, Guid? reader = null)
    {
        var entry = record.Entry;
        var isShown = reader is null || entry.ActorId == reader;
        return new AuditLogEntry
        {
            Id = entry.Id,
            Timestamp = entry.Timestamp,
            ActorId = entry.ActorId,
            ActorType = entry.ActorType,
            ActorName = NameOf(record),
            TokenId = entry.TokenId,
            ImpersonatorId = entry.ImpersonatorId,
            Action = entry.Action,
            Alias = entry.Alias,
            ResourceType = entry.ResourceType,
            ResourceId = entry.ResourceId,
            ResourceName = entry.ResourceName,
            ProjectId = entry.ProjectId,
            Outcome = entry.Outcome,
            Reason = entry.Reason,
            Ip = isShown ? entry.IpAddress : null,
            UserAgent = isShown ? entry.UserAgent : null,
            RequestId = entry.RequestId,
            Changes = entry.ReadChanges(),
            Metadata = JsonSerializer.Deserialize<JsonElement>(entry.Metadata),
            Sequence = entry.Sequence,
            PreviousHash = entry.PreviousHash,
            Hash = entry.Hash,
        };
    }

    public static string NameOf(AuditRecord record) => record switch
    {
        { Actor: { } actor } => actor.Username,
        { Entry.ActorId: null } => "system",
        _ => DeletedUser,
    };
}
