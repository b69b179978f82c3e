using Microsoft.AspNetCore.Http;
using Platform.Organizations;

namespace Platform.Functions.Organizations;

/// <summary>Projects as the checks family shows them.</summary>
[Api(Family.Checks)]
public sealed class ChecksProjectFunctions(
    ProjectQueries queries, ProjectService projects, AccessDirectory access, CallerPlace places, ActivePlace place, TenantCounts counts, Caller caller)
{
    /// <summary>List the active projects of the active organization, or of another one of mine.</summary>
    [Function("ChecksProjects_List")]
    [Operation(Permissions.ProjectsRead, Rate.Default, Query = typeof(ProjectListQuery))]
    public async Task<Result<ProjectList>> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/projects")] HttpRequest http, CancellationToken ct)
    {
        var query = http.ReadQuery<ProjectListQuery>();
        var there = query.IsOk ? await AtAsync(query.Value.OrganizationId, ct) : query.Error;
        if (!there.IsOk)
            return there.Error;
        var found = await queries.ListAsync(there.Value.OrganizationId!.Value, ct);
        var rows = found.Select(project => ProjectRow.From(project, there.Value.Access!, caller.ProjectId)).ToList();
        return new ProjectList(rows, rows.Find(row => row.IsActive) ?? await CurrentAsync(ct));
    }

    /// <summary>Make a project in the active organization, or in another one of mine.</summary>
    [Function("ChecksProjects_Create")]
    [Operation(Permissions.ProjectsCreate, Rate.Default, Audit = "project.create", ObjectFirst = true, Success = 201, Idempotent = true, Body = typeof(CreateProjectBody))]
    public async Task<Result<DataAnswer<ProjectRow>>> CreateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/projects")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<CreateProjectBody>(ct);
        if (!body.IsOk)
            return caller.Can(Permissions.ProjectsCreate) ? body.Error : PermissionErrors.Missing(caller, Permissions.ProjectsCreate);
        var there = await AtAsync(body.Value.OrganizationId, ct);
        if (!there.IsOk)
            return there.Error;
        if (!there.Value.Can(Permissions.ProjectsCreate))
            return PermissionErrors.Missing(caller, Permissions.ProjectsCreate);
        var made = await projects.CreateAsync(there.Value.Access!, body.Value.ToProject(), ct);
        if (!made.IsOk)
            return ChecksWords.Of(made.Error);
        var after = await access.FindAsync(caller.UserId!.Value, made.Value.OrganizationId, ct); // with the grant that he may have got
        return new DataAnswer<ProjectRow>(ProjectRow.From(made.Value, after, caller.ProjectId));
    }

    /// <summary>Read one project.</summary>
    [Function("ChecksProjects_Get")]
    [Operation(Permissions.ProjectsRead, Rate.Default, TakesArchived = true)]
    public async Task<Result<ProjectAnswer>> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/projects/{projectId}")] HttpRequest http, string projectId, CancellationToken ct)
    {
        var found = await queries.FindAsync(projectId.ToId(), ct);
        return found.IsOk ? await AnswerAsync(found.Value, ct) : found.Error;
    }

    /// <summary>Rename, describe, archive or restore a project.</summary>
    [Function("ChecksProjects_Update")]
    [Operation(Permissions.ProjectsUpdate, Rate.Default, TakesArchived = true, Audit = "project.update", Body = typeof(UpdateProjectBody))]
    public async Task<Result<ProjectAnswer>> UpdateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/projects/{projectId}")] HttpRequest http, string projectId, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<UpdateProjectBody>(ct);
        if (!body.IsOk)
            return body.Error;
        var changed = await projects.UpdateAsync(projectId.ToId(), body.Value.ToChange(), ct);
        return changed.IsOk ? await AnswerAsync(changed.Value, ct) : ChecksWords.Of(changed.Error);
    }

    /// <summary>Delete a project: invisible at once, its data is purged after 30 days.</summary>
    [Function("ChecksProjects_Delete")]
    [Operation(Permissions.ProjectsDelete, Rate.Default, TakesArchived = true, Audit = "project.delete")]
    public async Task<Result<MessageAnswer>> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/projects/{projectId}")] HttpRequest http, string projectId, CancellationToken ct)
    {
        var deleted = await projects.DeleteAsync(projectId.ToId(), ct);
        return deleted.IsOk ? new MessageAnswer("Project deleted successfully") : ChecksWords.Of(deleted.Error);
    }

    /// <summary>Make a project the session's active one; the active organization follows.</summary>
    [Function("ChecksProjects_Switch")]
    [Operation(Permissions.ProfileWrite, Rate.Default, Auth = Auth.SessionOnly, Audit = "session.switch", Body = typeof(SwitchProjectBody))]
    public async Task<Result<SwitchAnswer>> SwitchAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/projects/switch")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<SwitchProjectBody>(ct);
        var there = body.IsOk ? await place.SwitchProjectAsync(body.Value.ProjectId.ToId(), ct) : body.Error;
        if (!there.IsOk)
            return there.Error;
        var organizationId = there.Value.OrganizationId!.Value;
        var project = (await queries.ListAsync(organizationId, ct)).First(found => found.Id == there.Value.ProjectId);
        return new SwitchAnswer("Project switched successfully", new SwitchedProject(project.Id, project.Name, project.Slug, organizationId, project.IsDefault, ChecksRoles.On(there.Value.Access!, project.Id)));
    }

    private ValueTask<Result<Caller>> AtAsync(string? organizationId, CancellationToken ct) =>
        string.IsNullOrEmpty(organizationId) ? new(caller) : places.AtOrganizationAsync(caller, organizationId.ToId(), ct);

    private async Task<ProjectRow?> CurrentAsync(CancellationToken ct)
    {
        var current = await queries.FindAsync(caller.ProjectId ?? Guid.Empty, ct);
        return current.IsOk ? ProjectRow.From(current.Value, caller.Access!, caller.ProjectId) : null;
    }

    private async Task<ProjectAnswer> AnswerAsync(ProjectDetails project, CancellationToken ct)
    {
        var tenant = new TenantScope(project.OrganizationId, project.Id);
        var sizes = new ProjectSizes(
            await counts.CountAsync("jobs", tenant, ct), await counts.CountAsync("tests", tenant, ct), await counts.CountAsync("monitors", tenant, ct),
            (await queries.ListMembersAsync(project.Id, ct)).Count);
        return new ProjectAnswer(new ProjectBody(
            project.Id, project.Name, project.Slug, project.Description, project.OrganizationId, project.IsDefault, project.Status, project.CreatedAt, ChecksRoles.On(caller.Access!, project.Id), sizes));
    }
}
