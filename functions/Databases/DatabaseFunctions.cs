using Microsoft.AspNetCore.Http;
using Platform.Databases;
using Platform.Organizations;

namespace Platform.Functions.Databases;

/// <summary>Databases that the platform keeps for projects. What is named is looked for before permission and body are checked.</summary>
[Api(Family.Delivery)]
public sealed class DatabaseFunctions(
    DatabaseQueries databases, RequestedProject projects, CreateDatabase create, ChangeDatabase change, DeleteDatabase delete, DatabaseProgress progress, DatabaseViews views)
{
    private const string All = "api/databases";
    private const string One = $"{All}/{{databaseId}}";

    /// <summary>Create a database. The answer waits up to 10 seconds for it, then says <c>creating</c>.</summary>
    [Function("Databases_Create")]
    [Operation(Permissions.DatabasesCreate, Rate.Default, Success = 201, ObjectFirst = true, Idempotent = true, Audit = "database.create", Body = typeof(NewDatabase))]
    public async Task<Result<DatabaseView>> CreateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<NewDatabase>(ct);
        var project = await projects.EnterAsync(body.IsOk ? body.Value.ProjectId : null, Permissions.DatabasesCreate, ct);
        if (!project.IsOk || !body.IsOk)
            return (project.Error ?? body.Error)!;
        var created = await create.CreateAsync(project.Value, body.Value, http.Api().CorrelationId, async database => await views.OfAsync(database, ct), ct);
        if (!created.IsOk)
            return created.Error;
        var made = await progress.WaitAsync(created.Value.Id, DatabaseStatus.Creating, ct) ?? created.Value;
        return await views.OfAsync(made, ct, reveal: http.Api().Caller.ImpersonatorId is null && made.Status != DatabaseStatus.Error);
    }

    /// <summary>List the databases of a project, or with <c>projectId=all</c> of the organization.</summary>
    [Function("Databases_List")]
    [Operation(Permissions.DatabasesRead, Rate.Default, ObjectFirst = true, Query = typeof(DatabaseFilter))]
    public async Task<Result<Page<DatabaseView>>> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest http, CancellationToken ct)
    {
        var filter = http.ReadQuery<DatabaseFilter>();
        var project = await projects.EnterOneOrAllAsync(filter.IsOk ? filter.Value.ProjectId : null, Permissions.DatabasesRead, ct);
        if (!project.IsOk || !filter.IsOk)
            return (project.Error ?? filter.Error)!;
        var page = await databases.ListAsync(project.Value, filter.Value, ct);
        var rows = new List<DatabaseView>();
        foreach (var database in page.Items)
            rows.Add(await views.OfAsync(database, ct));
        return new Page<DatabaseView>(rows, page.Total, page.Limit, page.Offset);
    }

    /// <summary>Read a database and how it is reached.</summary>
    [Function("Databases_Get")]
    [Operation(Permissions.DatabasesRead, Rate.Default, ObjectFirst = true, Query = typeof(DatabaseDetail))]
    public async Task<Result<DatabaseView>> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest http, string databaseId, CancellationToken ct)
    {
        var found = await databases.FindAsync(databaseId.ToId(), Permissions.DatabasesRead, ct);
        var query = found.IsOk ? http.ReadQuery<DatabaseDetail>() : found.Error;
        if (!query.IsOk)
            return query.Error;
        if (query.Value.Reveal && await databases.CheckRevealAsync(found.Value, ct) is { } refusal)
            return refusal;
        return await views.OfAsync(found.Value, ct, query.Value.Reveal);
    }

    /// <summary>Change a database's settings.</summary>
    [Function("Databases_Update")]
    [Operation(Permissions.DatabasesUpdate, Rate.Default, ObjectFirst = true, Audit = "database.update", Body = typeof(DatabaseChange))]
    public async Task<Result<DatabaseView>> UpdateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = One)] HttpRequest http, string databaseId, CancellationToken ct)
    {
        var found = await databases.FindAsync(databaseId.ToId(), Permissions.DatabasesUpdate, ct);
        var body = found.IsOk ? await http.ReadBodyAsync<DatabaseChange>(ct) : found.Error;
        var changed = body.IsOk ? await change.ChangeAsync(found.Value, body.Value, ct) : body.Error;
        return changed.IsOk ? await views.OfAsync(changed.Value, ct, body.Value.ResetPassword) : changed.Error;
    }

    /// <summary>Delete a database with all that is in it. The answer waits up to 10 seconds for it, then says <c>deleting</c>.</summary>
    [Function("Databases_Delete")]
    [Operation(Permissions.DatabasesDelete, Rate.Sensitive, ObjectFirst = true, Audit = "database.delete", Query = typeof(DatabaseRemoval))]
    public async Task<Result<DatabaseDeletedView>> DeleteAsync([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest http, string databaseId, CancellationToken ct)
    {
        var found = await databases.FindAsync(databaseId.ToId(), Permissions.DatabasesDelete, ct);
        var query = found.IsOk ? http.ReadQuery<DatabaseRemoval>() : found.Error;
        var begun = query.IsOk ? await delete.DeleteAsync(found.Value, query.Value.FinalBackup, ct) : query.Error;
        if (!begun.IsOk)
            return begun.Error;
        var id = found.Value.Id;
        return new DatabaseDeletedView(id, await progress.WaitAsync(id, DatabaseStatus.Deleting, ct) is null ? "deleted" : "deleting");
    }
}
