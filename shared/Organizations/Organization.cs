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
}
