using Microsoft.AspNetCore.Http;
using Platform.Admin;

namespace Platform.Functions.Admin;

/// <summary>Users for operators, as the inference family shows them.</summary>
[Api(Family.Inference)]
public sealed class InferenceUserFunctions(UserAdministration users, UsernameDerivation usernames, UserQueries queries, UserPairs pairs, UserDeletion deletion)
{
    /// <summary>List all users, newest first.</summary>
    [Function("Users_List")]
    [Operation(Permissions.PlatformUsers, Rate.General)]
    public async Task<Result<IReadOnlyList<InferenceUser>>> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users")] HttpRequest http, CancellationToken ct) =>
        (await queries.AllAsync(ct)).ConvertAll(InferenceUser.From);

    /// <summary>Search users together with their organizations: one row per pair.</summary>
    [Function("Users_Search")]
    [Operation(Permissions.PlatformUsers, Rate.General, Query = typeof(InferenceUserSearch))]
    public async Task<Result<InferenceUserPage>> SearchAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/search")] HttpRequest http, CancellationToken ct)
    {
        var query = http.ReadQuery<InferenceUserSearch>();
        var filter = query.IsOk ? query.Value.ToFilter() : query.Error;
        if (!filter.IsOk)
            return filter.Error;
        var page = await pairs.SearchAsync(filter.Value, ct);
        return new InferenceUserPage(filter.Value.Offset, filter.Value.Limit, page.Users, page.Matches, [.. page.Rows.Select(InferenceUser.From)]);
    }

    /// <summary>Create a verified user with a personal organization and a default project.</summary>
    [Function("Users_Create")]
    [Operation(Permissions.PlatformUsers, Rate.General, Success = 201, Body = typeof(InferenceNewUser), Audit = "user.create")]
    public async Task<Result<InferenceUser>> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "users")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<InferenceNewUser>(ct);
        if (!body.IsOk)
            return body.Error;
        var given = body.Value;
        if (!InferenceUserWords.TryParseRole(given.Role, out var role))
            return InferenceUserErrors.InvalidRole;
        var email = given.Email.Trim().ToLowerInvariant();
        var username = given.Username?.ToLowerInvariant() ?? await usernames.AddressOrFreeAsync(email, ct);
        var account = new NewAccount(username, email, given.Password, role ?? PlatformRole.User) { FirstName = Text(given.FirstName), LastName = Text(given.LastName) };
        var made = await users.CreateAsync(account, ct);
        return made.IsOk ? InferenceUser.From(made.Value) : InferenceUserErrors.Of(made.Error);
    }

    /// <summary>Read a user with his organizations.</summary>
    [Function("Users_Get")]
    [Operation(Permissions.PlatformUsers, Rate.General)]
    public async Task<Result<InferenceUser>> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/{userId}")] HttpRequest http, string userId, CancellationToken ct)
    {
        if (!Guid.TryParse(userId, out var id))
            return InferenceUserErrors.InvalidId;
        var found = await queries.FindAsync(id, ct);
        return found.IsOk ? InferenceUser.From(found.Value) : InferenceUserErrors.Of(found.Error);
    }

    /// <summary>Change a user. A new password or role ends his sessions.</summary>
    [Function("Users_Update")]
    [Operation(Permissions.PlatformUsers, Rate.General, Body = typeof(InferenceUserChange), Audit = "user.update")]
    public async Task<Result<InferenceUser>> UpdateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "users/{userId}")] HttpRequest http, string userId, CancellationToken ct)
    {
        if (!Guid.TryParse(userId, out var id))
            return InferenceUserErrors.InvalidId;
        var body = await http.ReadBodyAsync<InferenceUserChange>(ct);
        if (!body.IsOk)
            return body.Error;
        if (!InferenceUserWords.TryParseRole(body.Value.Role, out var role))
            return InferenceUserErrors.InvalidRole;
        var changed = await users.ChangeAsync(id, ChangeOf(body.Value, role), ct);
        return changed.IsOk ? InferenceUser.From(changed.Value) : InferenceUserErrors.Of(changed.Error);
    }

    /// <summary>Delete a user with what is his alone.</summary>
    [Function("Users_Delete")]
    [Operation(Permissions.PlatformUsers, Rate.General, Success = 204, Audit = "user.delete")]
    public async Task<Result<Nothing>> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "users/{userId}")] HttpRequest http, string userId, CancellationToken ct)
    {
        if (!Guid.TryParse(userId, out var id))
            return InferenceUserErrors.InvalidId;
        var deleted = await deletion.DeleteAsync(id, ct);
        return deleted.IsOk ? default(Nothing) : InferenceUserErrors.Of(deleted.Error);
    }

    private static UserChange ChangeOf(InferenceUserChange given, PlatformRole? role) => new()
    {
        Username = given.Username?.ToLowerInvariant(),
        Email = given.Email?.Trim().ToLowerInvariant(),
        FirstName = given.FirstName,
        LastName = given.LastName,
        Password = given.Password,
        Role = role,
    };

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
