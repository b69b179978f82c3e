using System.Linq.Expressions;
using Platform.Data;
using Platform.Organizations;

namespace Platform.Admin;

/// <summary>An organization as operators see it in a list.</summary>
public sealed record OrganizationSummary
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required string Slug { get; init; }

    public required string? Logo { get; init; }

    /// <summary>JSON object.</summary>
    public required string? Metadata { get; init; }

    public required OrganizationStatus Status { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Of the owner who has been there longest.</summary>
    public required string? OwnerEmail { get; init; }

    public required int MemberCount { get; init; }

    public required int ProjectCount { get; init; }

    internal static Expression<Func<Organization, OrganizationSummary>> Projection(PlatformDbContext db) => organization => new OrganizationSummary
    {
        Id = organization.Id,
        Name = organization.Name,
        Slug = organization.Slug,
        Logo = organization.Logo,
        Metadata = organization.Metadata,
        Status = organization.Status,
        CreatedAt = organization.CreatedAt,
        OwnerEmail = db.Memberships.Where(member => member.OrganizationId == organization.Id && member.Role == OrganizationRole.Owner)
            .OrderBy(member => member.JoinedAt).Join(db.Users, member => member.UserId, user => user.Id, (_, user) => user.Email).FirstOrDefault(),
        MemberCount = db.Memberships.Count(member => member.OrganizationId == organization.Id),
        ProjectCount = db.Projects.Count(project => project.OrganizationId == organization.Id && project.Status != ProjectStatus.Deleted),
    };
}

/// <summary>One member of an organization.</summary>
public sealed record OrganizationPerson(Guid Id, OrganizationRole Role, DateTimeOffset JoinedAt, Guid UserId, string Name, string? Email);

public sealed record OrganizationProject(Guid Id, string Name, string Slug, bool IsDefault, ProjectStatus Status, DateTimeOffset CreatedAt);

/// <summary>An organization with its people and projects.</summary>
public sealed record OrganizationRecord(OrganizationSummary Summary, IReadOnlyList<OrganizationPerson> Members, IReadOnlyList<OrganizationProject> Projects);
