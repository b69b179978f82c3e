using System.ComponentModel.DataAnnotations;
using Platform.Audit;

namespace Platform.Functions.Audit;

/// <summary>Query of <c>GET /api/team/activity-logs</c>. A filter that is repeated, or holds values separated by commas, means any of them.</summary>
public sealed record ActivityQuery : IValidatableObject
{
    /// <summary>A membership's id, or <c>me</c>.</summary>
    public string? MemberId { get; init; }

    /// <summary>An action, or the beginning of actions, with or without a star: <c>build</c>, <c>team.*</c>.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string> Action { get; init; } = [];

    /// <summary>Kinds of resource, for instance <c>role</c>.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string> ResourceType { get; init; } = [];

    /// <summary>A project of the organization, or <c>all</c>.</summary>
    public string? ProjectId { get; init; }

    /// <summary>The first moment that counts.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The first moment that does not count any more.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Entries of a page.</summary>
    [Range(1, 1000)]
    public int Limit { get; init; } = 50;

    /// <summary>Entries before the page.</summary>
    [Range(0, int.MaxValue)]
    public int Offset { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (To <= From)
            yield return new ValidationResult("The end should be after the start", [nameof(To)]);
    }
}

/// <summary>Who did something; without an id the platform.</summary>
public sealed record ActivityActor(Guid? UserId, string Name);

/// <summary>One line of the feed.</summary>
public sealed record ActivityEntry(
    Guid Id, DateTimeOffset Timestamp, ActivityActor Actor, string Action, string Summary, string ResourceType, string? ResourceId, string? ResourceName, Guid? ProjectId)
{
    public static ActivityEntry From(AuditRecord record)
    {
        var entry = record.Entry;
        var actor = new ActivityActor(entry.ActorId, record.Actor?.DisplayName ?? AuditLogEntry.NameOf(record));
        var summary = ActivitySummary.Of(actor.Name, entry);
        return new ActivityEntry(entry.Id, entry.Timestamp, actor, entry.Action, summary, entry.ResourceType, entry.ResourceId, entry.ResourceName, entry.ProjectId);
    }
}
