namespace Platform.Organizations;

/// <summary>Refusals about organizations and their members. Families translate the codes to their own words.</summary>
public static class OrganizationErrors
{
    public static readonly Error NotFound = Error.NotFound("organization.not_found", "Organization not found");
    public static readonly Error SlugTaken = Error.Conflict("organization.slug_taken", "An organization with this slug already exists");
    public static readonly Error LimitReached = Error.Conflict("organization.limit_reached", "You own as many organizations as are allowed");
    public static readonly Error CreationDisabled = Error.Forbidden("organization.creation_disabled", "Manual organization creation is not allowed");

    /// <summary>What cannot be done to a personal organization, or to its person in it.</summary>
    public static readonly Error Personal = Error.Conflict("organization.personal_organization", "A personal organization stays with its person");

    /// <summary>Sessions only: access tokens are bound to one organization.</summary>
    public static readonly Error SessionRequired = Error.Invalid("session.required", "This operation needs an interactive session");
}
