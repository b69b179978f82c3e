using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Audit;

namespace Platform.Functions.Audit;

/// <summary>Query of <c>GET /api/audit</c>.</summary>
public sealed record ChecksAuditQuery
{
    /// <summary>Page, from 1.</summary>
    [Range(1, 1_000_000)]
    public int Page { get; init; } = 1;

    /// <summary>Entries of a page.</summary>
    [Range(1, 100)]
    public int Limit { get; init; } = 10;

    /// <summary>Newest first, unless <c>asc</c>.</summary>
    public AuditLogOrder SortOrder { get; init; }

    /// <summary>Part of the action, the user's name or e-mail, or the resource.</summary>
    [StringLength(200)]
    public string? Search { get; init; }

    /// <summary>The exact word of an action.</summary>
    [StringLength(100)]
    public string? Action { get; init; }
}

public sealed record ChecksAuditAnswer(bool Success, ChecksAuditData Data);

public sealed record ChecksAuditData(IReadOnlyList<ChecksAuditEntry> Logs, ChecksAuditPages Pagination, ChecksAuditFilters Filters);

public sealed record ChecksAuditPages(int CurrentPage, long TotalPages, long TotalCount, int Limit, bool HasNext, bool HasPrev);

public sealed record ChecksAuditFilters(IReadOnlyList<string> Actions);

public sealed record ChecksAuditUser(Guid Id, string Name, string? Email);

public sealed record ChecksAuditDetails(string Resource, string? ResourceId, bool Success, string? IpAddress, string? UserAgent, JsonObject Metadata);

/// <summary>One entry as the checks family shows it; <c>user</c> is null when the platform acted or the user is deleted.</summary>
public sealed record ChecksAuditEntry(Guid Id, string Action, ChecksAuditDetails Details, DateTimeOffset CreatedAt, ChecksAuditUser? User)
{
    public static ChecksAuditEntry From(AuditRecord record)
    {
        var entry = record.Entry;
        var user = record.Actor is { } actor ? new ChecksAuditUser(actor.Id, actor.DisplayName, actor.Email) : null;
        var details = new ChecksAuditDetails(entry.ResourceType, entry.ResourceId, entry.Outcome == AuditOutcome.Success, entry.IpAddress, entry.UserAgent, MetadataOf(entry));
        return new ChecksAuditEntry(entry.Id, ChecksActions.WordOf(entry.Action, entry.Outcome), details, entry.Timestamp, user);
    }

    private static JsonObject MetadataOf(AuditEntry entry)
    {
        var metadata = JsonNode.Parse(entry.Metadata)!.AsObject();
        if (entry.ReadChanges() is { Count: > 0 } changes)
            metadata["changes"] = JsonSerializer.SerializeToNode(changes, WireJson.Camel.Writing);
        if (entry.Reason is { } reason)
            metadata["reason"] = reason;
        return metadata;
    }
}
