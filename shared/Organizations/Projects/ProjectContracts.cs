namespace Platform.Organizations;

/// <summary>What a project is made from; of valid form. Without a slug one is derived from the name.</summary>
public sealed record NewProject(string Name, string? Slug, string? Description);

/// <summary>The new state of a project; null members but the name stay as they are, an empty description clears it.</summary>
public sealed record ProjectChange(string Name, string? Slug, string? Description, bool? Archived);

/// <summary>A project as one member sees it.</summary>
public sealed record ProjectDetails
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required string Name { get; init; }

    public required string Slug { get; init; }

    public string? Description { get; init; }

    public required bool IsDefault { get; init; }

    public required ProjectStatus Status { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public static ProjectDetails From(Project project) => new()
    {
        Id = project.Id,
        OrganizationId = project.OrganizationId,
        Name = project.Name,
        Slug = project.Slug,
        Description = project.Description,
        IsDefault = project.IsDefault,
        Status = project.Status,
        CreatedAt = project.CreatedAt,
    };
}

/// <summary>A user's grant of a built-in role on one project.</summary>
public sealed record ProjectMember(Guid Id, Guid UserId, ProjectRole Role, DateTimeOffset AssignedAt, string DisplayName, string? Email, string? AvatarUrl);
