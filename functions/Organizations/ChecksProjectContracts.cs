using System.ComponentModel.DataAnnotations;
using Platform.Organizations;

namespace Platform.Functions.Organizations;

/// <summary>Query of <c>GET /api/projects</c>.</summary>
public sealed record ProjectListQuery
{
    /// <summary>One of my organizations; without it the active one.</summary>
    public string? OrganizationId { get; init; }
}

/// <summary>The rule of a project's name.</summary>
internal static class ProjectName
{
    public const string Pattern = @"^[\p{L}\p{M}\p{N} _.\-]+$";
}

/// <summary>Body of <c>POST /api/projects</c>.</summary>
public sealed record CreateProjectBody([property: Required, NameText(1, 100), RegularExpression(ProjectName.Pattern)] string Name)
{
    [StringLength(500)]
    public string? Description { get; init; }

    [StringLength(100)]
    public string? Slug { get; init; }

    /// <summary>One of my organizations; without it the active one.</summary>
    public string? OrganizationId { get; init; }

    public NewProject ToProject() => new(Name.Trim(), Slug?.Trim(), string.IsNullOrEmpty(Description) ? null : Description);
}

public enum WritableProjectStatus
{
    Active,
    Archived,
}

/// <summary>Body of <c>PUT /api/projects/{projectId}</c>; what is absent stays.</summary>
public sealed record UpdateProjectBody([property: Required, NameText(1, 100), RegularExpression(ProjectName.Pattern)] string Name)
{
    [StringLength(100)]
    public string? Slug { get; init; }

    /// <summary>Empty clears it.</summary>
    [StringLength(500)]
    public string? Description { get; init; }

    /// <summary>Archiving pauses schedules and monitors.</summary>
    public WritableProjectStatus? Status { get; init; }

    public ProjectChange ToChange() => new(Name.Trim(), Slug?.Trim(), Description, Status is null ? null : Status == WritableProjectStatus.Archived);
}

/// <summary>Body of <c>POST /api/projects/switch</c>.</summary>
public sealed record SwitchProjectBody([property: Required] string ProjectId);

public sealed record ProjectRow(
    Guid Id, string Name, string Slug, string? Description, Guid OrganizationId, bool IsDefault, ProjectStatus Status, DateTimeOffset CreatedAt, ChecksRole Role, bool IsActive)
{
    public static ProjectRow From(ProjectDetails project, OrganizationAccess access, Guid? active) => new(
        project.Id, project.Name, project.Slug, project.Description, project.OrganizationId, project.IsDefault, project.Status, project.CreatedAt, ChecksRoles.On(access, project.Id), project.Id == active);
}

/// <summary>The active projects of one organization, and the active project of the session.</summary>
public sealed record ProjectList(IReadOnlyList<ProjectRow> Data, ProjectRow? CurrentProject)
{
    public bool Success => true;
}

public sealed record ProjectSizes(int JobCount, int TestCount, int MonitorCount, int MemberCount);

public sealed record ProjectBody(
    Guid Id, string Name, string Slug, string? Description, Guid OrganizationId, bool IsDefault, ProjectStatus Status, DateTimeOffset CreatedAt, ChecksRole Role, ProjectSizes Stats);

public sealed record ProjectAnswer(ProjectBody Project)
{
    public bool Success => true;
}

public sealed record SwitchedProject(Guid Id, string Name, string Slug, Guid OrganizationId, bool IsDefault, ChecksRole UserRole);

public sealed record SwitchAnswer(string Message, SwitchedProject Project)
{
    public bool Success => true;
}

/// <summary>Body that grants a role on a project.</summary>
public sealed record ProjectMemberBody([property: Required] string UserId)
{
    public ProjectRole Role { get; init; } = ProjectRole.ProjectViewer;
}

/// <summary>Body that changes the role of a grant.</summary>
public sealed record ProjectMemberRoleBody([property: Required] string UserId, [property: Required] ProjectRole? Role);

/// <summary>Query of <c>DELETE /api/projects/{projectId}/members</c>.</summary>
public sealed record ProjectMemberQuery
{
    /// <summary>Whose grant.</summary>
    [Required]
    public string? UserId { get; init; }
}

public sealed record ProjectMemberUser(Guid Id, string Name, string? Email, string? Image);

public sealed record ProjectMemberRow(Guid Id, Guid UserId, ProjectRole Role, DateTimeOffset CreatedAt, ProjectMemberUser User)
{
    public static ProjectMemberRow From(ProjectMember member) =>
        new(member.Id, member.UserId, member.Role, member.AssignedAt, new ProjectMemberUser(member.UserId, member.DisplayName, member.Email, member.AvatarUrl));
}

public sealed record ProjectMemberList(IReadOnlyList<ProjectMemberRow> Members)
{
    public bool Success => true;
}

public sealed record ProjectMemberAnswer(string Message, ProjectMemberRow Member)
{
    public bool Success => true;
}
