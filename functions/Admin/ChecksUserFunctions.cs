using Microsoft.AspNetCore.Http;
using Platform.Admin;
using Platform.Functions.Organizations;

namespace Platform.Functions.Admin;

/// <summary>Users for operators, as the checks family shows them.</summary>
[Api(Family.Checks)]
public sealed class ChecksUserFunctions(UserAdministration users, UsernameDerivation usernames, UserQueries queries, UserBans bans, UserDeletion deletion, TimeProvider clock)
{
    /// <summary>List users with their organizations, newest first.</summary>
    [Function("ChecksUsers_List")]
    [Operation(Permissions.PlatformUsers, Rate.General, Query = typeof(ChecksUserFilter))]
    public async Task<Result<ChecksPage<ChecksUser>>> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/users")] HttpRequest http, CancellationToken ct)
    {
        var query = http.ReadQuery<ChecksUserFilter>();
        if (!query.IsOk)
            return query.Error;
        var page = await queries.ListAsync(query.Value.ToFilter(), ct);
        return new ChecksPage<ChecksUser>(true, [.. page.Items.Select(record => ChecksUser.From(record, clock.GetUtcNow()))], ChecksPaging.Of(page));
    }

    /// <summary>Create a verified user with a personal organization and a default project.</summary>
    [Function("ChecksUsers_Create")]
    [Operation(Permissions.PlatformUsers, Rate.General, Success = 201, Body = typeof(ChecksNewUser), Audit = "user.create")]
    public async Task<Result<DataAnswer<ChecksUser>>> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/users")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<ChecksNewUser>(ct);
        if (!body.IsOk)
            return body.Error;
        var (name, email, password, role) = body.Value;
        var username = await usernames.FreeOfAsync(email, ct);
        var made = await users.CreateAsync(new NewAccount(username, email, password, role) { DisplayName = name.Trim() }, ct);
        return made.IsOk ? await ShowAsync(made.Value.Id, ct) : made.Error;
    }

    /// <summary>Ban a user, which ends his sessions and tokens, or let him in again.</summary>
    [Function("ChecksUsers_Ban")]
    [Operation(Permissions.PlatformUsers, Rate.General, Body = typeof(ChecksBan), Audit = "user.ban")]
    public async Task<Result<DataAnswer<ChecksBanned>>> BanAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "api/admin/users")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<ChecksBan>(ct);
        if (!body.IsOk)
            return body.Error;
        var (userId, action, reason, duration) = body.Value;
        var isBan = action == "ban";
        var user = isBan
            ? await bans.BanAsync(userId.ToId(), reason!, duration is { } time ? TimeSpan.FromMilliseconds(time) : null, ct)
            : await bans.UnbanAsync(userId.ToId(), ct);
        return user.IsOk
            ? new DataAnswer<ChecksBanned>(new(true, user.Value.Id, isBan ? "banned" : "unbanned", user.Value.BanReason, isBan ? true : null))
            : user.Error;
    }

    /// <summary>Read a user with his organizations.</summary>
    [Function("ChecksUsers_Get")]
    [Operation(Permissions.PlatformUsers, Rate.General)]
    public Task<Result<DataAnswer<ChecksUser>>> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/users/{userId}")] HttpRequest http, string userId, CancellationToken ct) =>
        ShowAsync(userId.ToId(), ct);

    /// <summary>Change a user's name, e-mail or platform role. A new role ends his sessions.</summary>
    [Function("ChecksUsers_Update")]
    [Operation(Permissions.PlatformUsers, Rate.General, Body = typeof(ChecksUserChange), Audit = "user.update")]
    public async Task<Result<DataAnswer<ChecksUser>>> UpdateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/admin/users/{userId}")] HttpRequest http, string userId, CancellationToken ct)
    {
        if (await queries.FindAsync(userId.ToId(), ct) is { IsOk: false } unknown)
            return unknown.Error;
        var body = await http.ReadBodyAsync<ChecksUserChange>(ct);
        var changed = body.IsOk ? await users.ChangeAsync(userId.ToId(), body.Value.ToChange(), ct) : body.Error;
        return changed.IsOk ? await ShowAsync(changed.Value.Id, ct) : changed.Error;
    }

    /// <summary>Delete a user with what is his alone.</summary>
    [Function("ChecksUsers_Delete")]
    [Operation(Permissions.PlatformUsers, Rate.General, Audit = "user.delete")]
    public async Task<Result<ChecksDone>> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/admin/users/{userId}")] HttpRequest http, string userId, CancellationToken ct)
    {
        var deleted = await deletion.DeleteAsync(userId.ToId(), ct);
        return deleted.IsOk ? new ChecksDone(true) : deleted.Error;
    }

    /// <summary>A user's memberships.</summary>
    [Function("ChecksUsers_Organizations")]
    [Operation(Permissions.PlatformUsers, Rate.General)]
    public async Task<Result<ChecksMemberships>> OrganizationsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/users/{userId}/organizations")] HttpRequest http, string userId, CancellationToken ct)
    {
        var found = await queries.FindAsync(userId.ToId(), ct);
        return found.IsOk ? new ChecksMemberships(true, [.. found.Value.Memberships.Select(ChecksMembership.From)]) : found.Error;
    }

    private async Task<Result<DataAnswer<ChecksUser>>> ShowAsync(Guid id, CancellationToken ct)
    {
        var found = await queries.FindAsync(id, ct);
        return found.IsOk ? new DataAnswer<ChecksUser>(ChecksUser.From(found.Value, clock.GetUtcNow())) : found.Error;
    }
}
