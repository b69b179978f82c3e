using Platform.Data;

namespace Platform.Organizations;

public enum ProjectStatus
{
    Active,
    Archived,
    Deleted,
}

/// <summary>A part of an organization that objects live in. Exactly one of an organization's projects is its default.</summary>
public sealed class Project : IOrganizationOwned
{
    private Project()
    {
    }

    public Guid Id { get; private init; }

    public Guid OrganizationId { get; private init; }

    public string Name { get; private set; } = "";

    /// <summary>The name in lower case; unique among the organization's projects that are not deleted.</summary>
    public string NameKey { get; private set; } = "";

    public string Slug { get; private set; } = "";

    public string? Description { get; private set; }

    public bool IsDefault { get; private set; }

    public ProjectStatus Status { get; private set; }

    public DateTimeOffset? DeletedAt { get; private set; }

    public DateTimeOffset CreatedAt { get; private init; }

    public DateTimeOffset UpdatedAt { get; private set; }

    public long Version { get; private set; }

    public static Project Default(Guid organizationId, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        OrganizationId = organizationId,
        Name = "Default",
        NameKey = "default",
        Slug = "default",
        IsDefault = true,
        CreatedAt = now,
        UpdatedAt = now,
    };

    public static Project Create(Guid organizationId, string name, string slug, string? description, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        OrganizationId = organizationId,
        Name = name,
        NameKey = name.ToLowerInvariant(),
        Slug = slug,
        Description = description,
        CreatedAt = now,
        UpdatedAt = now,
    };

    public void Describe(string name, string slug, string? description, DateTimeOffset now)
    {
        (Name, NameKey, Slug, Description) = (name, name.ToLowerInvariant(), slug, description);
        Touch(now);
    }

    /// <summary>Archives the project or takes it back into use.</summary>
    public Error? Archive(bool archived, DateTimeOffset now)
    {
        if (archived && IsDefault)
            return ProjectErrors.DefaultStays;
        Status = archived ? ProjectStatus.Archived : ProjectStatus.Active;
        Touch(now);
        return null;
    }

    /// <summary>Hides the project from everybody; its rows go after the retention.</summary>
    public Error? Delete(DateTimeOffset now)
    {
        if (IsDefault)
            return ProjectErrors.DefaultStays;
        (Status, DeletedAt) = (ProjectStatus.Deleted, now);
        Touch(now);
        return null;
    }

    private void Touch(DateTimeOffset now)
    {
        UpdatedAt = now;
        Version++;
    }
}
