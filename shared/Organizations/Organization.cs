using Platform.Data;
using Platform.Identity;

namespace Platform.Organizations;

public enum OrganizationStatus
{
    Active,
    Suspended,
    Deleting,
}

/// <summary>A tenant. Every user has a personal one, whose owner he stays for ever.</summary>
[PlatformScoped]
public sealed class Organization
{
    private Organization()
    {
    }

    public Guid Id { get; private init; }

    public string Name { get; private set; } = "";

    /// <summary>Lower case, unique over the platform.</summary>
    public string Slug { get; private set; } = "";

    public string? Logo { get; private set; }

    /// <summary>A JSON object of the organization's own making, as it was written: a text column, since <c>jsonb</c> refuses numbers that JSON allows.</summary>
    public string? Metadata { get; private set; }

    public bool IsPersonal { get; private init; }

    public Guid? PersonalUserId { get; private init; }

    public OrganizationStatus Status { get; private set; }

    /// <summary>Counts changes of members, roles and assignments; writers of those lock the row.</summary>
    public long RbacVersion { get; private set; }

    public DateTimeOffset CreatedAt { get; private init; }

    public DateTimeOffset UpdatedAt { get; private set; }

    public long Version { get; private set; }

    public static Organization Personal(User user, string slug, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        Name = user.DisplayName,
        Slug = slug,
        IsPersonal = true,
        PersonalUserId = user.Id,
        CreatedAt = now,
        UpdatedAt = now,
    };

    public static Organization Create(string name, string slug, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        Name = name,
        Slug = slug,
        CreatedAt = now,
        UpdatedAt = now,
    };

    public void Describe(string name, string slug, string? logo, string? metadata, DateTimeOffset now)
    {
        (Name, Slug, Logo, Metadata) = (name, slug, logo, metadata);
        Touch(now);
    }

    /// <summary>Suspends the organization, or lets it work again; refused while it is being deleted.</summary>
    public Error? Suspend(bool suspended, DateTimeOffset now)
    {
        if (Status == OrganizationStatus.Deleting)
            return OrganizationErrors.NotFound;
        Status = suspended ? OrganizationStatus.Suspended : OrganizationStatus.Active;
        Touch(now);
        return null;
    }

    /// <summary>The end of the organization for everybody; its rows go later. Its slug is free at once.</summary>
    public Error? BeginDeletion(bool withItsPerson, DateTimeOffset now)
    {
        if (IsPersonal && !withItsPerson)
            return OrganizationErrors.Personal;
        (Status, Slug) = (OrganizationStatus.Deleting, $"deleted-{Id:N}");
        Touch(now);
        return null;
    }

    private void Touch(DateTimeOffset now)
    {
        UpdatedAt = now;
        Version++;
    }
}
