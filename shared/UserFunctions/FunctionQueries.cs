using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;
using Platform.Organizations;

namespace Platform.UserFunctions;

/// <summary>Finds the functions that the caller may see. Whether one is there comes before whether the caller may.</summary>
public sealed class FunctionQueries(PlatformDbContext db, ProjectDirectory projects, AuditTrail audit)
{
    /// <summary>The function itself with its tags, if it is there (404) and the caller may (403); the running operation's audit entry names it.</summary>
    public async Task<Result<UserFunction>> FindAsync(Guid id, string permission, CancellationToken ct)
    {
        if (await db.UserFunctions.Include(function => function.Tags).SingleOrDefaultAsync(function => function.Id == id, ct) is not { } found)
            return FunctionErrors.NotFound;
        audit.Target("function", found.Id, found.Name);
        return db.Caller.CanIn(found.ProjectId, permission) ? found : PermissionErrors.Missing(db.Caller, permission);
    }

    /// <summary>The project that the route names, which the pipeline has made the active one.</summary>
    public async ValueTask<Result<ProjectPlace>> FindProjectAsync(string permission, CancellationToken ct)
    {
        var caller = db.Caller;
        if (caller.ProjectId is not { } project || await projects.FindAsync(project, ct) is not { } place)
            return FunctionErrors.ProjectNotFound;
        return caller.CanIn(project, permission) ? place : PermissionErrors.Missing(caller, permission);
    }

    /// <summary>A refusal when the function's project is archived: it can be looked at, not changed.</summary>
    public async ValueTask<Error?> CheckProjectAsync(Guid projectId, CancellationToken ct) =>
        await projects.FindAsync(projectId, ct) is { Status: ProjectStatus.Archived } ? FunctionErrors.ProjectArchived : null;

    public async Task<Page<UserFunction>> ListAsync(Guid projectId, FunctionFilter filter, CancellationToken ct)
    {
        var matches = Matching(db.UserFunctions.AsNoTracking().Where(function => function.ProjectId == projectId), filter);
        var total = await matches.LongCountAsync(ct);
        var rows = await Ordered(matches, filter.Sort).Skip(filter.Offset).Take(filter.Limit).Include(function => function.Tags).AsSplitQuery().ToListAsync(ct);
        return new Page<UserFunction>(rows, total, filter.Limit, filter.Offset);
    }

    /// <summary>Newest first.</summary>
    public Task<List<FunctionVersion>> VersionsAsync(Guid functionId, int most, CancellationToken ct) => db.FunctionVersions.AsNoTracking()
        .Where(version => version.FunctionId == functionId).OrderByDescending(version => version.Number).Take(most).ToListAsync(ct);

    public Task<FunctionVersion?> VersionAsync(Guid functionId, int number, CancellationToken ct) => db.FunctionVersions.AsNoTracking()
        .SingleOrDefaultAsync(version => version.FunctionId == functionId && version.Number == number, ct);

    public async Task<FunctionDeployment?> DeploymentAsync(Guid functionId, Guid? id, CancellationToken ct) => id is { } wanted
        ? await db.FunctionDeployments.AsNoTracking().SingleOrDefaultAsync(deployment => deployment.FunctionId == functionId && deployment.Id == wanted, ct)
        : null;

    private static IQueryable<UserFunction> Matching(IQueryable<UserFunction> functions, FunctionFilter filter)
    {
        var (runtimes, statuses) = (filter.Runtime, filter.Status);
        if (runtimes.Count > 0)
            functions = functions.Where(function => runtimes.Contains(function.Runtime));
        if (statuses.Count > 0)
            functions = functions.Where(function => statuses.Contains(function.Status));
        if (filter.Enabled is { } enabled)
            functions = functions.Where(function => function.Enabled == enabled);
        foreach (var (key, values) in filter.Tags)
            functions = functions.Where(function => function.Tags.Any(tag => tag.Key == key && values.Contains(tag.Value)));
        if (filter.Search?.Trim().ToLowerInvariant() is { Length: > 0 } text)
            functions = functions.Where(function => function.NameKey.Contains(text));
        return functions;
    }

    private static IQueryable<UserFunction> Ordered(IQueryable<UserFunction> functions, string sort) => sort switch
    {
        "name" => functions.OrderBy(function => function.NameKey).ThenBy(function => function.Id),
        "-name" => functions.OrderByDescending(function => function.NameKey).ThenByDescending(function => function.Id),
        "updatedAt" => functions.OrderBy(function => function.UpdatedAt).ThenBy(function => function.Id),
        "-updatedAt" => functions.OrderByDescending(function => function.UpdatedAt).ThenByDescending(function => function.Id),
        "lastInvokedAt" => functions.OrderBy(function => function.LastInvokedAt != null).ThenBy(function => function.LastInvokedAt).ThenBy(function => function.Id),
        "-lastInvokedAt" => functions.OrderByDescending(function => function.LastInvokedAt != null).ThenByDescending(function => function.LastInvokedAt).ThenByDescending(function => function.Id),
        "createdAt" => functions.OrderBy(function => function.CreatedAt).ThenBy(function => function.Id),
        _ => functions.OrderByDescending(function => function.CreatedAt).ThenByDescending(function => function.Id),
    };
}
