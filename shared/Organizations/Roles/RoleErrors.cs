using Platform.Identity;

namespace Platform.Organizations;

/// <summary>Refusals about roles and who may grant them.</summary>
public static class RoleErrors
{
    public static readonly Error NotFound = Error.NotFound("role.not_found", "Role not found");
    public static readonly Error NameTaken = Error.Conflict("role.name_taken", "A role with this name already exists");
    public static readonly Error LimitReached = Error.Conflict("role.role_limit", "The organization has as many roles as are allowed");
    public static readonly Error BuiltIn = Error.Conflict("role.system_role", "Built-in roles cannot be changed");
    public static readonly Error Inherited = Error.Conflict("role.role_inherited", "Other roles inherit this role");
    public static readonly Error NotAssigned = Error.NotFound("role.not_assigned", "The member does not have this role");
    public static readonly Error OfMembership = Error.Conflict("role.base_role", "This is the role of the membership: change it, or remove the member");

    public static readonly Error InheritanceCycle = Error.Invalid("role.inheritance_cycle", "Roles cannot inherit each other in a circle");
    public static readonly Error InheritanceDepth = Error.Invalid("role.inheritance_depth", $"Roles inherit over at most {RoleGraph.MaxDepth} steps");
    public static readonly Error OwnerOnProject = Error.Invalid(Problem.Body("projectId", "Nobody is owner of a project", "value_error"));
    public static readonly Error MembershipExpires = Error.Invalid(Problem.Body("expiresAt", "The role of a membership does not expire", "value_error"));
    public static readonly Error TooManyPermissions = Error.Invalid(Problem.Body("permissions", $"A role should have at most {RoleForm.MaxPermissions} permissions", "value_error"));
    public static readonly Error BadExpiry = Error.Invalid(Problem.Body("expiresAt", "Input should be in the future and at most a year away", "value_error"));

    public static readonly Error Self = MemberErrors.Rank with { Message = "You cannot give roles to yourself" };

    /// <summary>Giving, or changing the holders of, what the actor does not hold himself.</summary>
    public static Error Escalation(string permission) =>
        MemberErrors.Rank with { Message = "You do not hold all the permissions that this would touch", MissingPermission = permission };

    public static Error InUse(int members) =>
        Error.Conflict("role.role_in_use", "Members have this role") with { More = new Dictionary<string, object> { ["memberCount"] = members } };
}
