namespace Platform.Organizations;

/// <summary>What an organization is made from; of valid form. Without a slug one is derived from the name.</summary>
public sealed record NewOrganization(string Name, string? Slug = null);

/// <summary>What owners and admins may change. Null members stay as they are; an empty slug derives one from the name, an empty logo clears it.</summary>
/// <param name="Metadata">JSON object.</param>
public sealed record OrganizationChange(string Name, string? Slug = null, string? Logo = null, string? Metadata = null);

/// <summary>An organization as one of its members sees it.</summary>
public sealed record OrganizationDetails
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required string Slug { get; init; }

    public string? Logo { get; init; }

    /// <summary>JSON object.</summary>
    public string? Metadata { get; init; }

    public required bool IsPersonal { get; init; }

    public required OrganizationStatus Status { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required OrganizationRole Role { get; init; }

    public required bool ProjectBound { get; init; }

    /// <summary>The built-in roles that he has on projects of the organization.</summary>
    public IReadOnlyList<ProjectRole> Grants { get; init; } = [];

    public required int MemberCount { get; init; }

    public required int ProjectCount { get; init; }
}
