using Microsoft.AspNetCore.Http;
using Platform.Organizations;

namespace Platform.Functions.Organizations;

/// <summary>Who has which role in the active organization.</summary>
[Api(Family.Delivery)]
public sealed class DeliveryAssignmentFunctions(AssignRole assign, UnassignRole unassign)
{
    /// <summary>Give a member a role, in the organization or on one project. 200 when he has it already or it is the role of his membership.</summary>
    [Function("Roles_Assign")]
    [Operation(Permissions.RolesAssign, Rate.Sensitive, Success = 201, ObjectFirst = true, Idempotent = true, Audit = "role.assign", Body = typeof(NewAssignment))]
    public async Task<Result<AssignmentView>> AssignAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/security/users/{userId}/roles/{roleId}")] HttpRequest http, string userId, string roleId, CancellationToken ct)
    {
        var assigned = await assign.AssignAsync(userId.ToId(), roleId.ToId(), await http.ReadBodyAsync<NewAssignment>(ct), ct);
        if (!assigned.IsOk)
            return assigned.Error;
        if (!assigned.Value.IsNew)
            http.Api().Success = StatusCodes.Status200OK;
        return assigned.Value.View;
    }

    /// <summary>Take a role away from a member, in the organization or on one project.</summary>
    [Function("Roles_Unassign")]
    [Operation(Permissions.RolesAssign, Rate.Sensitive, ObjectFirst = true, Audit = "role.unassign", Query = typeof(AssignmentPlace))]
    public Task<Result<Unassigned>> UnassignAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/security/users/{userId}/roles/{roleId}")] HttpRequest http, string userId, string roleId, CancellationToken ct) =>
        unassign.UnassignAsync(userId.ToId(), roleId.ToId(), http.ReadQuery<AssignmentPlace>(), ct);
}
