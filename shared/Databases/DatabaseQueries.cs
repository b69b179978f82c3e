using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;
using Platform.Organizations;
using Platform.RateLimits;

namespace Platform.Databases;

/// <summary>Finds the databases that the caller may see. Whether a database or project is there comes before whether the caller may.</summary>
public sealed class DatabaseQueries(PlatformDbContext db, ProjectDirectory projects, SensitiveLimit limit, AuditTrail audit)
{
    /// <summary>The database itself with its tags, if it is there (404) and the caller may (403); the running operation's audit entry names it.</summary>
    public async Task<Result<ManagedDatabase>> FindAsync(Guid id, string permission, CancellationToken ct)
    {
        if (await db.Databases.Include(database => database.Tags).SingleOrDefaultAsync(database => database.Id == id, ct) is not { } found)
            return DatabaseErrors.NotFound;
        audit.Target("database", found.Id, found.Name);
        return db.Caller.CanIn(found.ProjectId, permission) ? found : PermissionErrors.Missing(db.Caller, permission);
    }

    /// <summary>A refusal unless the caller may see the credentials of the project's databases: a token must name that permission, a wildcard is not enough.</summary>
    public Error? CheckCredentials(Guid projectId)
    {
        var caller = db.Caller;
        if (!caller.CanIn(projectId, Permissions.DatabasesCredentials))
            return PermissionErrors.Missing(caller, Permissions.DatabasesCredentials);
        return caller.ScopePatterns?.Contains(Permissions.DatabasesCredentials, StringComparer.Ordinal) == false ? DatabaseErrors.CredentialsUnnamed : null;
    }

    /// <summary>As <see cref="CheckCredentials"/>, counted and audited: the caller will see the database's password.</summary>
    public async Task<Error?> CheckRevealAsync(ManagedDatabase database, CancellationToken ct)
    {
        if (await limit.CountAsync(ct) is { } tooOften)
            return tooOften;
        var refusal = CheckCredentials(database.ProjectId);
        audit.Write("database.credentials_reveal", "database", database.Id, refusal is null ? AuditOutcome.Success : AuditOutcome.Denied);
        await db.SaveChangesAsync(ct);
        return refusal;
    }

    /// <summary>A refusal when the project is archived: its databases can be looked at, not changed.</summary>
    public async ValueTask<Error?> CheckProjectAsync(Guid projectId, CancellationToken ct) =>
        await projects.FindAsync(projectId, ct) is { Status: ProjectStatus.Archived } ? DatabaseErrors.ProjectArchived : null;

    /// <param name="projectId">Null: all of the organization.</param>
    public async Task<Page<ManagedDatabase>> ListAsync(Guid? projectId, DatabaseFilter filter, CancellationToken ct)
    {
        var matches = Matching(db.Databases.AsNoTracking().Where(database => projectId == null || database.ProjectId == projectId), filter);
        var total = await matches.LongCountAsync(ct);
        var rows = await Ordered(matches, filter.Sort).Skip(filter.Offset).Take(filter.Limit).Include(database => database.Tags).AsSplitQuery().ToListAsync(ct);
        return new Page<ManagedDatabase>(rows, total, filter.Limit, filter.Offset);
    }

    private static IQueryable<ManagedDatabase> Matching(IQueryable<ManagedDatabase> databases, DatabaseFilter filter)
    {
        var (engines, statuses) = (filter.Engine, filter.Status);
        if (engines.Count > 0)
            databases = databases.Where(database => engines.Contains(database.Engine));
        if (statuses.Count > 0)
            databases = databases.Where(database => statuses.Contains(database.Status));
        foreach (var (key, values) in filter.Tags)
            databases = databases.Where(database => database.Tags.Any(tag => tag.Key == key && values.Contains(tag.Value)));
#pragma warning disable CA1862 // in the database there is no other way
        if (filter.Search?.Trim().ToLowerInvariant() is { Length: > 0 } text)
            databases = databases.Where(database => database.Name.Contains(text) || database.Description!.ToLower().Contains(text));
#pragma warning restore CA1862
        return databases;
    }

    private static IQueryable<ManagedDatabase> Ordered(IQueryable<ManagedDatabase> databases, string sort) => sort switch
    {
        "name" => databases.OrderBy(database => database.Name).ThenBy(database => database.Id),
        "-name" => databases.OrderByDescending(database => database.Name).ThenByDescending(database => database.Id),
        "sizeBytes" => databases.OrderBy(database => database.SizeBytes).ThenBy(database => database.Id),
        "-sizeBytes" => databases.OrderByDescending(database => database.SizeBytes).ThenByDescending(database => database.Id),
        "createdAt" => databases.OrderBy(database => database.CreatedAt).ThenBy(database => database.Id),
        _ => databases.OrderByDescending(database => database.CreatedAt).ThenByDescending(database => database.Id),
    };
}
