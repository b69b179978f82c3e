using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity;

namespace Platform.Organizations;

/// <summary>A member of the caller's organization and a role that he gets or loses.</summary>
/// <param name="BuiltIn">Set when the role is one of memberships.</param>
/// <param name="Shown">The role as it was named.</param>
internal sealed record AssignmentTarget(Membership Member, string Name, BuiltInRole? BuiltIn, RoleRights Shown)
{
    private static readonly Guid[] ProjectRoles = [.. Enum.GetValues<ProjectRole>().Select(role => BuiltInRoles.For(role).Id)];

    /// <summary>The role as it is stored: a built-in role counts as a project role on a project.</summary>
    public RoleRights Stored => BuiltIn is null ? Shown : RoleRights.Of(OnProject(BuiltIn));

    public static async Task<Result<AssignmentTarget>> FindAsync(PlatformDbContext db, Guid userId, Guid roleId, CancellationToken ct)
    {
        var found = await (
            from member in db.Memberships
            join user in db.Users on member.UserId equals user.Id
            where member.UserId == userId
            select new { Member = member, user.Username }).SingleOrDefaultAsync(ct);
        if (found is null)
            return MemberErrors.NotFound;
        if (BuiltInRoles.Find(roleId) is { Membership: not null } builtIn)
            return new AssignmentTarget(found.Member, found.Username, builtIn, RoleRights.Of(builtIn));
        return await db.Roles.AsNoTracking().SingleOrDefaultAsync(role => role.Id == roleId, ct) is { } custom
            ? new AssignmentTarget(found.Member, found.Username, null, RoleRights.Of(custom))
            : RoleErrors.NotFound;
    }

    /// <summary>Whether it may be given or prolonged there. A grant also makes a project-bound member a member on the project.</summary>
    public Error? Refusal(GrantRules rules, Guid? projectId) => rules.Assign(Stored, Member.UserId, projectId)
        ?? (BuiltIn is not null && Member.ProjectBound ? rules.Assign(RoleRights.Of(BuiltInRoles.For(OrganizationRole.Member)), Member.UserId, projectId) : null);

    /// <summary>The assignment there, expired or not; on a project the grant of whichever project role.</summary>
    public IQueryable<RoleAssignment> Rows(PlatformDbContext db, Guid? projectId) => BuiltIn is null
        ? db.RoleAssignments.Where(row => row.UserId == Member.UserId && row.ProjectId == projectId && row.RoleId == Shown.Id)
        : db.RoleAssignments.Where(row => row.UserId == Member.UserId && row.ProjectId == projectId && ProjectRoles.Contains(row.RoleId));

    public AssignmentView View(RoleAssignment row) => new(row.UserId, Shown.Id, Shown.Name, row.ProjectId, row.ExpiresAt, row.AssignedBy, row.AssignedAt);

    /// <summary>Raises that the member's rights changed; <paramref name="assigned"/> names the role that he got.</summary>
    public async Task RaiseAsync(PlatformDbContext db, Caller caller, Guid? projectId, string? assigned, CancellationToken ct)
    {
        var organization = await db.Organizations.Where(row => row.Id == Member.OrganizationId).Select(row => row.Name).SingleAsync(ct);
        db.Raise(new MemberUpdated(caller.UserId, Member.UserId, Member.Id, Member.Role, Member.Role, organization) { ProjectId = projectId, AssignedRole = assigned });
    }

    /// <summary>The role of memberships that stands for a project role.</summary>
    public static BuiltInRole StandsFor(ProjectRole role) => BuiltInRoles.For(role switch
    {
        ProjectRole.ProjectAdmin => OrganizationRole.Admin,
        ProjectRole.ProjectEditor => OrganizationRole.Member,
        _ => OrganizationRole.Viewer,
    });

    private static BuiltInRole OnProject(BuiltInRole role) => BuiltInRoles.For(role.Membership switch
    {
        OrganizationRole.Owner or OrganizationRole.Admin => ProjectRole.ProjectAdmin,
        OrganizationRole.Member => ProjectRole.ProjectEditor,
        _ => ProjectRole.ProjectViewer,
    });
}
