using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Platform.Organizations;

namespace Platform.Functions.Organizations;

/// <summary>Body of <c>POST /api/organizations</c>.</summary>
public sealed record CreateOrganizationBody([property: Required, NameText(2, 50)] string Name);

/// <summary>Body of <c>PUT /api/organizations/{organizationId}</c>; what is absent stays, an empty string clears.</summary>
public sealed record UpdateOrganizationBody([property: Required, NameText(2, 50)] string Name) : IValidatableObject
{
    private const int MaxMetadata = 16 * 1024;

    [StringLength(100)]
    public string? Slug { get; init; }

    /// <summary>Address of a picture.</summary>
    [StringLength(2048)]
    public string? Logo { get; init; }

    /// <summary>An object of at most 16 KiB.</summary>
    public JsonElement? Metadata { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrEmpty(Logo) && !(Uri.TryCreate(Logo, UriKind.Absolute, out var address) && address.Scheme is "https" or "http"))
            yield return new ValidationResult("Logo should be an http or https address", [nameof(Logo)]);
        if (Metadata is { } metadata && (metadata.ValueKind != JsonValueKind.Object || metadata.GetRawText().Length > MaxMetadata))
            yield return new ValidationResult("Metadata should be an object of at most 16 KiB", [nameof(Metadata)]);
    }

    public OrganizationChange ToChange() => new(Name.Trim(), Slug?.Trim(), Logo, Metadata?.GetRawText());
}

/// <summary>One row of <c>GET /api/organizations</c>.</summary>
public sealed record OrganizationRow(Guid Id, string Name, string Slug, string? Logo, DateTimeOffset CreatedAt, ChecksRole Role, bool IsActive)
{
    public static OrganizationRow From(OrganizationDetails details, Guid? active) =>
        new(details.Id, details.Name, details.Slug, details.Logo, details.CreatedAt, ChecksRoles.Of(details.Role, details.Grants), details.Id == active);
}

public sealed record CurrentOrganization(Guid Id, string Name, string Slug, string? Logo, DateTimeOffset CreatedAt);

public sealed record OrganizationSizes(int ProjectCount, int MemberCount);

/// <summary>One organization as its members see it.</summary>
public sealed record OrganizationBody(Guid Id, string Name, string Slug, string? Logo, DateTimeOffset CreatedAt, JsonElement? Metadata, ChecksRole Role, OrganizationSizes Stats)
{
    public static OrganizationBody From(OrganizationDetails details) => new(
        details.Id, details.Name, details.Slug, details.Logo, details.CreatedAt, details.Metadata is null ? null : JsonSerializer.Deserialize<JsonElement>(details.Metadata),
        ChecksRoles.Of(details.Role, details.Grants), new OrganizationSizes(details.ProjectCount, details.MemberCount));
}

public sealed record OrganizationAnswer(OrganizationBody Organization)
{
    public bool Success => true;
}

/// <summary>How much an organization has; runs are those of jobs and of the playground.</summary>
public sealed record OrganizationStats(int Projects, int Jobs, int Tests, int Monitors, int Runs, int Members);
