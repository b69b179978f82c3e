using Microsoft.AspNetCore.Http;
using Platform.Organizations;

namespace Platform.Functions.Organizations;

/// <summary>Grants of roles on one project as the checks family shows them.</summary>
[Api(Family.Checks)]
public sealed class ChecksProjectMemberFunctions(ProjectQueries queries, ProjectMemberService members, Caller caller)
{
    private const string Route = "api/projects/{projectId}/members";

    private Guid Organization => caller.OrganizationId!.Value;

    /// <summary>List the grants of a project.</summary>
    [Function("ChecksProjectMembers_List")]
    [Operation(Permissions.ProjectsRead, Rate.Default, TakesArchived = true)]
    public async Task<Result<ProjectMemberList>> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest http, string projectId, CancellationToken ct) =>
        new ProjectMemberList([.. (await queries.ListMembersAsync(projectId.ToId(), ct)).Select(ProjectMemberRow.From)]);

    /// <summary>Grant a member of the organization a role on the project.</summary>
    [Function("ChecksProjectMembers_Add")]
    [Operation(Permissions.ProjectsManageMembers, Rate.Default, TakesArchived = true, Audit = "project.grant", Success = 201, Idempotent = true, Body = typeof(ProjectMemberBody))]
    public async Task<Result<ProjectMemberAnswer>> AddAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route)] HttpRequest http, string projectId, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<ProjectMemberBody>(ct);
        if (!body.IsOk)
            return body.Error;
        var added = await members.AddAsync(Organization, projectId.ToId(), body.Value.UserId.ToId(), body.Value.Role, ct);
        return added.IsOk ? new ProjectMemberAnswer("Member added to project", ProjectMemberRow.From(added.Value)) : added.Error;
    }

    /// <summary>Change the role of a grant.</summary>
    [Function("ChecksProjectMembers_Update")]
    [Operation(Permissions.ProjectsManageMembers, Rate.Default, TakesArchived = true, Audit = "project.grant_change", Body = typeof(ProjectMemberRoleBody))]
    public async Task<Result<ProjectMemberAnswer>> UpdateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Route)] HttpRequest http, string projectId, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<ProjectMemberRoleBody>(ct);
        if (!body.IsOk)
            return body.Error;
        var changed = await members.ChangeAsync(Organization, projectId.ToId(), body.Value.UserId.ToId(), body.Value.Role!.Value, ct);
        return changed.IsOk ? new ProjectMemberAnswer("Member role updated", ProjectMemberRow.From(changed.Value)) : changed.Error;
    }

    /// <summary>Take a grant away; nothing to do when there is none.</summary>
    [Function("ChecksProjectMembers_Remove")]
    [Operation(Permissions.ProjectsManageMembers, Rate.Default, TakesArchived = true, Audit = "project.revoke", Query = typeof(ProjectMemberQuery))]
    public async Task<Result<MessageAnswer>> RemoveAsync([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Route)] HttpRequest http, string projectId, CancellationToken ct)
    {
        var query = http.ReadQuery<ProjectMemberQuery>();
        if (!query.IsOk)
            return query.Error;
        var removed = await members.RemoveAsync(Organization, projectId.ToId(), query.Value.UserId!.ToId(), ct);
        return removed.IsOk ? new MessageAnswer("Member removed from project") : removed.Error;
    }
}
