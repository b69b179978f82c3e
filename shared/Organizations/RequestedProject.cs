using Platform.Identity;

namespace Platform.Organizations;

/// <summary>The project that a request is about: one of the active organization that its body or query names, else the active one (delivery.md §0.2).</summary>
public sealed class RequestedProject(CallerScope scope, CallerPlace places)
{
    private const string AllProjects = "all";

    /// <summary>Makes the project the caller's place for the rest of the request. 404 comes before 403.</summary>
    public async ValueTask<Result<Guid>> EnterAsync(string? named, string permission, CancellationToken ct)
    {
        var caller = scope.Current;
        if (named is not null)
        {
            var moved = await places.AtProjectAsync(caller, Guid.TryParse(named, out var id) ? id : Guid.Empty, orArchived: true, ct);
            if (!moved.IsOk || moved.Value.OrganizationId != caller.OrganizationId)
                return ProjectErrors.NotFound;
            scope.Current = caller = moved.Value;
        }

        if (caller.ProjectId is not { } project || !caller.Reaches(project))
            return ProjectErrors.NotFound;
        return caller.Can(permission) ? project : PermissionErrors.Missing(caller, permission);
    }

    /// <summary>As <see cref="EnterAsync"/>; <c>all</c> means every project of the organization and gives null.</summary>
    public async ValueTask<Result<Guid?>> EnterOneOrAllAsync(string? named, string permission, CancellationToken ct)
    {
        if (named == AllProjects)
            return scope.Current.CanIn(null, permission) ? (Result<Guid?>)(Guid?)null : PermissionErrors.Missing(scope.Current, permission);
        var one = await EnterAsync(named, permission, ct);
        return one.IsOk ? (Result<Guid?>)(Guid?)one.Value : one.Error;
    }
}
