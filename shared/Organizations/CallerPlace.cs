using Platform.Identity;

namespace Platform.Organizations;

/// <summary>Moves a caller to an organization or project that a request names, if it is one of his. Access tokens never leave their organization.</summary>
public sealed class CallerPlace(ProjectDirectory projects, AccessDirectory access)
{
    /// <summary>The caller on the project; archived ones only with <paramref name="orArchived"/>.</summary>
    public async ValueTask<Result<Caller>> AtProjectAsync(Caller caller, Guid projectId, bool orArchived, CancellationToken ct)
    {
        if (!caller.Reaches(projectId) || await projects.FindAsync(projectId, ct) is not { } place || (place.Status == ProjectStatus.Archived && !orArchived))
            return ProjectErrors.NotFound;
        return await FindAsync(caller, place.OrganizationId, ct) is { } found ? caller.At(found, projectId) : ProjectErrors.NotFound;
    }

    /// <summary>The caller on the organization as a whole.</summary>
    public async ValueTask<Result<Caller>> AtOrganizationAsync(Caller caller, Guid organizationId, CancellationToken ct) =>
        caller.Reaches(null) && await FindAsync(caller, organizationId, ct) is { } found ? caller.At(found, projectId: null) : OrganizationErrors.NotFound;

    private async ValueTask<OrganizationAccess?> FindAsync(Caller caller, Guid organizationId, CancellationToken ct)
    {
        if (caller.Access is { } active && active.OrganizationId == organizationId)
            return active.Role is null ? null : active;
        if (caller is not { UserId: { } userId, Credential: not CredentialKind.AccessToken })
            return null;
        return await access.FindAsync(userId, organizationId, ct) is { Role: not null } other ? other : null;
    }
}
