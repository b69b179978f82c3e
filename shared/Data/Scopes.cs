namespace Platform.Data;

/// <summary>
/// A row of one user. The user sees it whatever organization is active; with an access token only when it belongs to the token's organization.
/// </summary>
public interface IUserOwned
{
    Guid UserId { get; }

    Guid OrganizationId { get; }
}

/// <summary>A row that belongs to a user or to nobody; the latter is seen by the platform (and by operators with <see cref="IOperatorVisible"/>) only.</summary>
public interface IOptionallyOwned
{
    Guid? UserId { get; }

    Guid? OrganizationId { get; }
}

/// <summary>A row of one organization: its members see it while the organization is their active one.</summary>
public interface IOrganizationOwned
{
    Guid OrganizationId { get; }
}

/// <summary>A row of one project; an access token that is bound to projects sees only their rows.</summary>
public interface IProjectOwned : IOrganizationOwned
{
    Guid ProjectId { get; }
}

/// <summary>Beside one of the scopes above: operators (<c>Caller.IsOperator</c>) see and change all rows. Endpoints of their own data still say <c>where UserId == me</c>.</summary>
public interface IOperatorVisible;

/// <summary>The entity belongs to no tenant or is reached only through a parent that was checked; it has no tenant filter.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class PlatformScopedAttribute : Attribute;
