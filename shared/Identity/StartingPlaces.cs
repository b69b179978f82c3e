using Platform.Data;
using Platform.Organizations;

namespace Platform.Identity;

/// <summary>Where a session begins.</summary>
internal sealed record StartingPlace
{
    public required Guid OrganizationId { get; init; }

    public required Guid ProjectId { get; init; }
}

internal static class StartingPlaces
{
    /// <summary>
    /// A user's places, the best first: the organization and project used last if still accessible, else the personal organization and its default project.
    /// </summary>
    /// <param name="organizationId">Only places there.</param>
    public static IQueryable<StartingPlace> StartingPlacesOf(this PlatformDbContext db, User user, Guid? organizationId = null) =>
        from project in db.Projects
        join member in db.Memberships on project.OrganizationId equals member.OrganizationId
        join organization in db.Organizations on project.OrganizationId equals organization.Id
        where member.UserId == user.Id && project.Status == ProjectStatus.Active && organization.Status != OrganizationStatus.Deleting
            && (organizationId == null || organization.Id == organizationId)
        orderby project.Id == user.LastProjectId descending, project.OrganizationId == user.LastOrganizationId descending,
            organization.PersonalUserId == user.Id descending, project.IsDefault descending, project.Id
        select new StartingPlace { OrganizationId = project.OrganizationId, ProjectId = project.Id };
}
