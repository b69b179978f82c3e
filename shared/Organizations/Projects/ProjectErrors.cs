namespace Platform.Organizations;

public static class ProjectErrors
{
    public static readonly Error NotFound = Error.NotFound("project.not_found", "Project not found");
    public static readonly Error NameTaken = Error.Conflict("project.name_taken", "A project with this name already exists");
    public static readonly Error SlugTaken = Error.Conflict("project.slug_taken", "A project with this slug already exists");
    public static readonly Error LimitReached = Error.Conflict("project.limit_reached", "The organization has as many projects as are allowed");
    public static readonly Error DefaultStays = Error.BadState("project.default", "The default project can be neither archived nor deleted");

    /// <summary>A chosen project is not active or belongs to another organization.</summary>
    public static readonly Error BadSelection = Error.Invalid("project.invalid_selection", "One or more selected projects are invalid for this organization");

    public static readonly Error UserNotFound = Error.NotFound("project.user_not_found", "User not found");
    public static readonly Error AlreadyGranted = Error.Invalid("project.already_granted", "User is already a member of this project");
    public static readonly Error NotGranted = Error.NotFound("project.not_granted", "Member not found in project");
    public static readonly Error GrantAboveOwn = Error.Forbidden("project.grant_above_own", "A grant cannot be above your own role");
}
