using Microsoft.AspNetCore.Http;
using Platform.Organizations;

namespace Platform.Functions.Organizations;

/// <summary>Organizations as the checks family shows them.</summary>
[Api(Family.Checks)]
public sealed class ChecksOrganizationFunctions(
    OrganizationQueries queries, OrganizationService organizations, DeleteOrganization deletion, TenantCounts counts, Caller caller)
{
    private static readonly Error OwnersOnly = Error.Forbidden("organization.owners_only", "Only organization owners can delete organizations");

    /// <summary>List my organizations, the newest first.</summary>
    [Function("ChecksOrganizations_List")]
    [Operation(Permissions.OrganizationsRead, Rate.Default)]
    public async Task<Result<DataAnswer<IReadOnlyList<OrganizationRow>>>> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/organizations")] HttpRequest http, CancellationToken ct)
    {
        var mine = await queries.ListAsync(caller, ct);
        return new DataAnswer<IReadOnlyList<OrganizationRow>>([.. mine.Select(details => OrganizationRow.From(details, caller.OrganizationId))]);
    }

    /// <summary>Make a further organization with a default project; I become its owner.</summary>
    [Function("ChecksOrganizations_Create")]
    [Operation(Permissions.ProfileWrite, Rate.Default, Auth = Auth.SessionOnly, Audit = "organization.create", Success = 201, Idempotent = true, Body = typeof(CreateOrganizationBody))]
    public async Task<Result<OrganizationAnswer>> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/organizations")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<CreateOrganizationBody>(ct);
        if (!body.IsOk)
            return body.Error;
        var made = await organizations.CreateAsync(new NewOrganization(body.Value.Name.Trim()), ct);
        return made.IsOk ? new OrganizationAnswer(OrganizationBody.From(made.Value)) : ChecksWords.Of(made.Error);
    }

    /// <summary>Read one of my organizations.</summary>
    [Function("ChecksOrganizations_Get")]
    [Operation(Permissions.OrganizationsRead, Rate.Default)]
    public async Task<Result<OrganizationAnswer>> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/organizations/{organizationId}")] HttpRequest http, string organizationId, CancellationToken ct) =>
        await queries.FindAsync(caller.UserId!.Value, organizationId.ToId(), ct) is { } details ? new OrganizationAnswer(OrganizationBody.From(details)) : OrganizationErrors.NotFound;

    /// <summary>Change name, slug, logo and metadata.</summary>
    [Function("ChecksOrganizations_Update")]
    [Operation(Permissions.OrganizationsUpdate, Rate.Default, Audit = "organization.update", Body = typeof(UpdateOrganizationBody))]
    public async Task<Result<OrganizationAnswer>> UpdateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/organizations/{organizationId}")] HttpRequest http, string organizationId, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<UpdateOrganizationBody>(ct);
        if (!body.IsOk)
            return body.Error;
        var changed = await organizations.UpdateAsync(organizationId.ToId(), body.Value.ToChange(), ct);
        return changed.IsOk ? new OrganizationAnswer(OrganizationBody.From(changed.Value)) : changed.Error;
    }

    /// <summary>Delete the organization: invisible at once, its objects are removed in the background.</summary>
    [Function("ChecksOrganizations_Delete")]
    [Operation(Permissions.OrganizationsDelete, Rate.Default, Audit = "organization.delete", ObjectFirst = true)]
    public async Task<Result<MessageAnswer>> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/organizations/{organizationId}")] HttpRequest http, string organizationId, CancellationToken ct)
    {
        if (!caller.Can(Permissions.OrganizationsDelete))
            return OwnersOnly;
        var deleted = await deletion.DeleteAsync(organizationId.ToId(), withItsPerson: false, ct);
        return deleted.IsOk ? new MessageAnswer("Organization deleted successfully") : deleted.Error;
    }

    /// <summary>Read the active organization.</summary>
    [Function("ChecksOrganizations_Current")]
    [Operation(Permissions.OrganizationsUpdate, Rate.Default)]
    public async Task<Result<DataAnswer<CurrentOrganization>>> CurrentAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/organizations/current")] HttpRequest http, CancellationToken ct) =>
        await queries.FindAsync(caller.UserId!.Value, caller.OrganizationId!.Value, ct) is { } details
            ? new DataAnswer<CurrentOrganization>(new CurrentOrganization(details.Id, details.Name, details.Slug, details.Logo, details.CreatedAt))
            : OrganizationErrors.NotFound;

    /// <summary>Count what the active organization has.</summary>
    [Function("ChecksOrganizations_Stats")]
    [Operation(Permissions.OrganizationsUpdate, Rate.Default)]
    public async Task<Result<DataAnswer<OrganizationStats>>> StatsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/organizations/stats")] HttpRequest http, CancellationToken ct)
    {
        var tenant = new TenantScope(caller.OrganizationId!.Value, null);
        if (await queries.FindAsync(caller.UserId!.Value, tenant.OrganizationId, ct) is not { } details)
            return OrganizationErrors.NotFound;
        return new DataAnswer<OrganizationStats>(new OrganizationStats(
            details.ProjectCount, await counts.CountAsync("jobs", tenant, ct), await counts.CountAsync("tests", tenant, ct), await counts.CountAsync("monitors", tenant, ct),
            await counts.CountAsync("runs", tenant, ct), details.MemberCount));
    }
}
