using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Admin;
using Platform.Functions.Organizations;
using Platform.Organizations;

namespace Platform.Functions.Admin;

/// <summary>Query of <c>GET /api/admin/organizations</c>.</summary>
public sealed record OversightFilter
{
    /// <summary>Size of the page.</summary>
    [Clamped(1, 200, SkipsText = true)]
    public int Limit { get; init; } = 50;

    /// <summary>Organizations before the page.</summary>
    [Clamped(0, int.MaxValue, SkipsText = true)]
    public int Offset { get; init; }

    /// <summary>Say how many members and projects each has.</summary>
    public bool Stats { get; init; }
}

/// <summary>Query of <c>DELETE /api/admin/organizations/{organizationId}</c>.</summary>
public sealed record OversightDeletion
{
    /// <summary>Although there are other members.</summary>
    public bool Force { get; init; }
}

/// <summary>What an operator makes of an organization.</summary>
public enum OversightStatus
{
    Active,
    Suspended,
}

/// <summary>Body of <c>PUT /api/admin/organizations/{organizationId}</c>; what is absent stays, an empty slug or logo is cleared.</summary>
public sealed record OversightBody : IValidatableObject
{
    private const int MaxMetadata = 16 * 1024;

    [NameText(2, 50)]
    public string? Name { get; init; }

    [StringLength(100)]
    public string? Slug { get; init; }

    /// <summary>Address of a picture.</summary>
    [StringLength(2048)]
    public string? Logo { get; init; }

    /// <summary>An object of at most 16 KiB.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>In a suspended organization reads go on, and nothing is started.</summary>
    public OversightStatus? Status { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrEmpty(Logo) && !(Uri.TryCreate(Logo, UriKind.Absolute, out var address) && address.Scheme is "https" or "http"))
            yield return new ValidationResult("Logo should be an http or https address", [nameof(Logo)]);
        if (Metadata is { } metadata && (metadata.ValueKind != JsonValueKind.Object || metadata.GetRawText().Length > MaxMetadata))
            yield return new ValidationResult("Metadata should be an object of at most 16 KiB", [nameof(Metadata)]);
    }

    public OversightChange ToChange() => new(Name?.Trim(), Slug?.Trim(), Logo, Metadata?.GetRawText(), Status is { } status ? status == OversightStatus.Suspended : null);
}

/// <summary>An organization in an operator's list; counts on request.</summary>
public sealed record OversightRow(
    Guid Id, string Name, string Slug, string? Logo, OrganizationStatus Status, DateTimeOffset CreatedAt, JsonElement? Metadata, string? OwnerEmail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? MemberCount,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? ProjectCount)
{
    public static OversightRow From(OrganizationSummary summary, bool withCounts) => new(
        summary.Id, summary.Name, summary.Slug, summary.Logo, summary.Status, summary.CreatedAt,
        summary.Metadata is null ? null : JsonSerializer.Deserialize<JsonElement>(summary.Metadata), summary.OwnerEmail,
        withCounts ? summary.MemberCount : null, withCounts ? summary.ProjectCount : null);
}

public sealed record OversightMember(Guid Id, OrganizationRole Role, DateTimeOffset CreatedAt, ChecksParty User)
{
    public static OversightMember From(OrganizationPerson person) => new(person.Id, person.Role, person.JoinedAt, new ChecksParty(person.UserId, person.Name, person.Email));
}

/// <summary>An organization with its members and projects.</summary>
public sealed record OversightDetails(
    Guid Id, string Name, string Slug, string? Logo, OrganizationStatus Status, DateTimeOffset CreatedAt, JsonElement? Metadata, string? OwnerEmail,
    int MemberCount, int ProjectCount, IReadOnlyList<OversightMember> Members, IReadOnlyList<OrganizationProject> Projects)
{
    public static OversightDetails From(OrganizationRecord record)
    {
        var row = OversightRow.From(record.Summary, withCounts: true);
        return new(
            row.Id, row.Name, row.Slug, row.Logo, row.Status, row.CreatedAt, row.Metadata, row.OwnerEmail, row.MemberCount!.Value, row.ProjectCount!.Value,
            [.. record.Members.Select(OversightMember.From)], record.Projects);
    }
}
