using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Data;

namespace Platform.Audit;

public enum AuditActor
{
    User,
    Token,
    System,
}

public enum AuditOutcome
{
    Success,
    Denied,
    Failed,
}

/// <summary>One changed field; secret fields carry <c>***</c>.</summary>
public sealed record AuditChange(string Field, object? From, object? To)
{
    /// <summary>Stands for both values of a secret field.</summary>
    public const string Hidden = "***";

    public static AuditChange OfSecret(string field) => new(field, Hidden, Hidden);
}

/// <summary>
/// One fact of the append-only audit log: who did or tried what. Rows are never updated, except that the chain's worker fills in sequence and hashes once.
/// Read through services that filter by organization or actor; the table itself has no tenant filter, since a refused caller must be able to leave his entry.
/// </summary>
[PlatformScoped]
public sealed class AuditEntry
{
    public required Guid Id { get; init; }

    /// <summary>The organization's id, or empty for the platform's own chain.</summary>
    public required Guid Chain { get; init; }

    /// <summary>Place in the chain; null until the chain's worker has taken the row up.</summary>
    public long? Sequence { get; private set; }

    public required DateTimeOffset Timestamp { get; init; }

    public Guid? OrganizationId { get; init; }

    public Guid? ProjectId { get; init; }

    public Guid? ActorId { get; init; }

    public required AuditActor ActorType { get; init; }

    public string? ActorName { get; init; }

    public Guid? TokenId { get; init; }

    public Guid? ImpersonatorId { get; init; }

    /// <summary><c>area.verb</c>.</summary>
    public required string Action { get; set; }

    public string? Alias { get; init; }

    public required string ResourceType { get; set; }

    public string? ResourceId { get; set; }

    public string? ResourceName { get; set; }

    public AuditOutcome Outcome { get; set; }

    /// <summary>Code of the refusal, or the reason that an operator gave.</summary>
    public string? Reason { get; set; }

    public string? IpAddress { get; init; }

    public string? UserAgent { get; init; }

    public string? RequestId { get; init; }

    /// <summary>JSON list of <see cref="AuditChange"/>.</summary>
    public string Changes { get; private set; } = "[]";

    /// <summary>JSON object.</summary>
    public string Metadata { get; private set; } = "{}";

    public IReadOnlyList<AuditChange> ReadChanges() => JsonSerializer.Deserialize<List<AuditChange>>(Changes, JsonColumn.Options)!;

    /// <summary>Sets a member of the metadata.</summary>
    public void Note(string name, object? value)
    {
        var members = JsonNode.Parse(Metadata)!.AsObject();
        members[name] = JsonSerializer.SerializeToNode(value, JsonColumn.Options);
        Metadata = members.ToJsonString(JsonColumn.Options);
    }

    public void Add(AuditChange change) => Changes = JsonSerializer.Serialize(ReadChanges().Append(change), JsonColumn.Options);

    /// <summary>Hash of the entry before it in the chain; see <see cref="AuditHash"/>.</summary>
    public string? PreviousHash { get; private set; }

    public string? Hash { get; private set; }

    /// <summary>Fills in the place in the chain; once.</summary>
    internal void Link(long sequence, string previousHash)
    {
        if (Sequence is not null)
            throw new InvalidOperationException("The entry has its place in the chain.");
        (Sequence, PreviousHash) = (sequence, previousHash);
        Hash = AuditHash.Of(this, previousHash);
    }
}
