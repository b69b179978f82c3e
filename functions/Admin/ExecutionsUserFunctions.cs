using Microsoft.AspNetCore.Http;
using Platform.Admin;

namespace Platform.Functions.Admin;

/// <summary>Users for operators, as the executions family shows them.</summary>
[Api(Family.Executions)]
public sealed class ExecutionsUserFunctions(UserAdministration users, UserQueries queries, UserOverview overviews)
{
    /// <summary>List users, newest first.</summary>
    [Function("AdminUsers_List")]
    [Operation(Permissions.PlatformUsers, Rate.Admin, Query = typeof(ExecutionsUserFilter))]
    public async Task<Result<ExecutionsUserList>> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/admin/users")] HttpRequest http, CancellationToken ct)
    {
        var query = http.ReadQuery<ExecutionsUserFilter>();
        if (!query.IsOk)
            return query.Error;
        var page = await queries.ListAsync(query.Value.ToFilter(), ct);
        return new ExecutionsUserList([.. page.Items.Select(record => UserView.From(record.User, record.Limits))], page.Total, page.Offset, page.Limit);
    }

    /// <summary>Create a verified user with a personal organization and a default project.</summary>
    [Function("AdminUsers_Create")]
    [Operation(Permissions.PlatformUsers, Rate.Admin, Body = typeof(ExecutionsNewUser), Audit = "user.create")]
    public async Task<Result<UserView>> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/admin/users")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<ExecutionsNewUser>(ct);
        if (!body.IsOk)
            return body.Error;
        var made = await users.CreateAsync(body.Value.ToAccount(), ct);
        return made.IsOk ? UserView.From(made.Value, limits: null) : made.Error;
    }

    /// <summary>Read a user.</summary>
    [Function("AdminUsers_Get")]
    [Operation(Permissions.PlatformUsers, Rate.Admin)]
    public Task<Result<UserView>> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/admin/users/{userId}")] HttpRequest http, string userId, CancellationToken ct) =>
        ShowAsync(userId.ToId(), ct);

    /// <summary>A user's last 24 hours: events, ends of executions, exceptions from rate limits.</summary>
    [Function("AdminUsers_Overview")]
    [Operation(Permissions.PlatformUsers, Rate.Admin)]
    public async Task<Result<ExecutionsUserOverview>> OverviewAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/admin/users/{userId}/overview")] HttpRequest http, string userId, CancellationToken ct)
    {
        var activity = await overviews.ReadAsync(userId.ToId(), ct);
        return activity.IsOk ? ExecutionsUserOverview.From(activity.Value) : activity.Error;
    }

    /// <summary>Change a user and his exceptions from limits. Deactivation, a new password and a new role end his sessions.</summary>
    [Function("AdminUsers_Update")]
    [Operation(Permissions.PlatformUsers, Rate.Admin, Body = typeof(ExecutionsUserChange), Audit = "user.update")]
    public async Task<Result<UserView>> UpdateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/v1/admin/users/{userId}")] HttpRequest http, string userId, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<ExecutionsUserChange>(ct);
        if (!body.IsOk)
            return body.Error;
        var changed = await users.ChangeAsync(userId.ToId(), body.Value.ToChange(), ct);
        return changed.IsOk ? await ShowAsync(changed.Value.Id, ct) : changed.Error;
    }

    private async Task<Result<UserView>> ShowAsync(Guid id, CancellationToken ct)
    {
        var found = await queries.FindAsync(id, ct);
        return found.IsOk ? UserView.From(found.Value.User, found.Value.Limits) : found.Error;
    }
}
