using Microsoft.AspNetCore.Http;
using Platform.Organizations;

namespace Platform.Functions.Organizations;

/// <summary>The roles of the active organization and the permissions that they are made of.</summary>
[Api(Family.Delivery)]
public sealed class DeliveryRoleFunctions(RoleService roles, RoleQueries queries)
{
    /// <summary>Create a custom role.</summary>
    [Function("Roles_Create")]
    [Operation(Permissions.RolesManage, Rate.Default, Success = 201, Idempotent = true, Audit = "role.create", Body = typeof(NewRole))]
    public async Task<Result<RoleView>> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/security/roles")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<NewRole>(ct);
        return body.IsOk ? await roles.CreateAsync(body.Value, ct) : body.Error;
    }

    /// <summary>List built-in and custom roles with what they give and how many members have them.</summary>
    [Function("Roles_List")]
    [Operation(Permissions.RolesRead, Rate.Default, Query = typeof(RoleFilter))]
    public async Task<Result<Page<RoleView>>> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/security/roles")] HttpRequest http, CancellationToken ct)
    {
        var filter = http.ReadQuery<RoleFilter>();
        return filter.IsOk ? await queries.ListAsync(filter.Value, ct) : filter.Error;
    }

    /// <summary>Rename or describe a custom role, or replace its permissions or what it inherits.</summary>
    [Function("Roles_Update")]
    [Operation(Permissions.RolesManage, Rate.Default, ObjectFirst = true, Audit = "role.update", Body = typeof(RoleChange))]
    public async Task<Result<RoleView>> UpdateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "api/security/roles/{roleId}")] HttpRequest http, string roleId, CancellationToken ct) =>
        await roles.UpdateAsync(roleId.ToId(), await http.ReadBodyAsync<RoleChange>(ct), ct);

    /// <summary>Delete a custom role; one that members have only with <c>force=true</c>.</summary>
    [Function("Roles_Delete")]
    [Operation(Permissions.RolesManage, Rate.Sensitive, ObjectFirst = true, Audit = "role.delete", Query = typeof(RoleDeletion))]
    public Task<Result<RoleDeleted>> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/security/roles/{roleId}")] HttpRequest http, string roleId, CancellationToken ct) =>
        roles.DeleteAsync(roleId.ToId(), http.ReadQuery<RoleDeletion>(), ct);

    /// <summary>Add permissions to a custom role, remove some, or replace them all.</summary>
    [Function("Roles_ChangePermissions")]
    [Operation(Permissions.RolesManage, Rate.Sensitive, ObjectFirst = true, Audit = "role.permissions_change", Body = typeof(PermissionChange))]
    public async Task<Result<RolePermissionsView>> ChangePermissionsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/security/roles/{roleId}/permissions")] HttpRequest http, string roleId, CancellationToken ct) =>
        await roles.ChangePermissionsAsync(roleId.ToId(), await http.ReadBodyAsync<PermissionChange>(ct), ct);

    /// <summary>List every permission that a role can give, with the built-in roles that do, and whether the caller holds it.</summary>
    [Function("Permissions_List")]
    [Operation(Permissions.RolesRead, Rate.Default, Query = typeof(PermissionFilter))]
    public Result<Page<PermissionView>> ListPermissions([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/security/permissions")] HttpRequest http)
    {
        var filter = http.ReadQuery<PermissionFilter>();
        return filter.IsOk ? queries.ListPermissions(filter.Value) : filter.Error;
    }
}
