using Microsoft.AspNetCore.Http;
using Platform.Organizations;

namespace Platform.Functions.Http;

/// <summary>A body or query that may name the project it is about.</summary>
public interface INamesProject
{
    /// <summary>A project of the active organization; absent: the active project.</summary>
    string? ProjectId { get; }
}

/// <summary>The project that a list is of; null for all projects that the caller reaches.</summary>
public readonly record struct ChosenProject(Guid? Id);

/// <summary>
/// The project that a request without one in its path is about: the one that its body or query names, else the active one. The permission counts there, so such an operation is
/// declared with <see cref="OperationAttribute.ObjectFirst"/> and asks here.
/// </summary>
public sealed class ProjectChoice(CallerPlace places, CallerScope scope)
{
    private const string AllProjects = "all";

    /// <summary>For lists: as <see cref="OfAsync"/>, or null for <c>projectId=all</c>, which takes the permission on the whole organization.</summary>
    public async ValueTask<Result<ChosenProject>> OfOneOrAllAsync<T>(HttpRequest http, Result<T> input, string permission, CancellationToken ct)
        where T : class, INamesProject
    {
        if (input is { IsOk: true, Value.ProjectId: AllProjects })
            return scope.Current.CanIn(null, permission) ? new ChosenProject(null) : PermissionErrors.Missing(scope.Current, permission);
        var one = await OfAsync(http, input, permission, ct);
        return one.IsOk ? new ChosenProject(one.Value) : one.Error;
    }

    /// <summary>404 for a project that is not one of the caller's in the active organization, 403 without the permission on it. The request goes on as if it were active.</summary>
    public async ValueTask<Result<Guid>> OfAsync<T>(HttpRequest http, Result<T> input, string permission, CancellationToken ct)
        where T : class, INamesProject
    {
        var caller = scope.Current;
        if (input.IsOk && input.Value.ProjectId is { } named && named.ToId() is var id && id != caller.ProjectId)
        {
            var there = await places.AtProjectAsync(caller, id, orArchived: true, ct);
            if (!there.IsOk || there.Value.OrganizationId != caller.OrganizationId)
                return ProjectErrors.NotFound;
            caller = http.Api().Caller = scope.Current = there.Value;
        }

        if (!caller.Can(permission))
            return PermissionErrors.Missing(caller, permission);
        if (!input.IsOk)
            return input.Error;
        return caller.ProjectId is { } project ? project : ProjectErrors.NoneChosen;
    }
}
