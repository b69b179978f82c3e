using System.ComponentModel.DataAnnotations;
using Platform.Audit;

namespace Platform.Functions.Audit;

public enum AuditLogFormat
{
    Json,
    Csv,
}

public enum AuditLogOrder
{
    Desc,
    Asc,
}

/// <summary>Query of <c>GET /api/security/audit-logs</c>. A filter that is repeated, or holds values separated by commas, means any of them.</summary>
public sealed record AuditLogQuery : IValidatableObject
{
    /// <summary>An action, or with a star at the end the beginning of actions: <c>team.*</c>.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string> Action { get; init; } = [];

    /// <summary>Users who acted.</summary>
    [MaxLength(50)]
    public IReadOnlyList<Guid> ActorId { get; init; } = [];

    /// <summary>Whether a user acted by himself, by an access token, or the platform.</summary>
    public IReadOnlyList<AuditActor> ActorType { get; init; } = [];

    /// <summary>Kinds of resource, for instance <c>role</c>.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string> ResourceType { get; init; } = [];

    /// <summary>Ids of resources.</summary>
    [MaxLength(50)]
    public IReadOnlyList<string> ResourceId { get; init; } = [];

    /// <summary>Projects in which it happened.</summary>
    [MaxLength(50)]
    public IReadOnlyList<Guid> ProjectId { get; init; } = [];

    /// <summary>How it ended.</summary>
    public IReadOnlyList<AuditOutcome> Outcome { get; init; } = [];

    /// <summary>Addresses that it came from.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string> Ip { get; init; } = [];

    /// <summary>Part of the resource's or the actor's name.</summary>
    [StringLength(200)]
    public string? Search { get; init; }

    /// <summary>The first moment that counts.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The first moment that does not count any more.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Newest first, unless <c>asc</c>.</summary>
    public AuditLogOrder Order { get; init; }

    /// <summary>Entries of a page.</summary>
    [Range(1, 1000)]
    public int Limit { get; init; } = 50;

    /// <summary>Entries before the page.</summary>
    [Range(0, int.MaxValue)]
    public int Offset { get; init; }

    /// <summary><c>csv</c> answers all matches, at most 50 000, as a file.</summary>
    public AuditLogFormat Format { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (To <= From)
            yield return new ValidationResult("The end should be after the start", [nameof(To)]);
    }

    public AuditQuery ToQuery(Guid? about = null) => new()
    {
        Actions = Action,
        ActorIds = ActorId,
        ActorTypes = ActorType,
        ResourceTypes = ResourceType,
        ResourceIds = ResourceId,
        ProjectIds = ProjectId,
        Outcomes = Outcome,
        IpAddresses = Ip,
        Search = Search?.Trim(),
        About = about,
        From = From,
        To = To,
        OldestFirst = Order == AuditLogOrder.Asc,
        Limit = Limit,
        Offset = Offset,
    };
}
