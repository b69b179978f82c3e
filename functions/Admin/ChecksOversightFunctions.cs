using Microsoft.AspNetCore.Http;
using Platform.Admin;
using Platform.Functions.Organizations;

namespace Platform.Functions.Admin;

/// <summary>Organizations for operators, as the checks family shows them.</summary>
[Api(Family.Checks)]
public sealed class ChecksOversightFunctions(OrganizationOversight oversight)
{
    /// <summary>List organizations, newest first.</summary>
    [Function("AdminOrganizations_List")]
    [Operation(Permissions.PlatformOrganizations, Rate.General, Query = typeof(OversightFilter))]
    public async Task<Result<ChecksPage<OversightRow>>> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/organizations")] HttpRequest http, CancellationToken ct)
    {
        var query = http.ReadQuery<OversightFilter>();
        if (!query.IsOk)
            return query.Error;
        var page = await oversight.ListAsync(query.Value.Limit, query.Value.Offset, ct);
        return new ChecksPage<OversightRow>(true, [.. page.Items.Select(summary => OversightRow.From(summary, query.Value.Stats))], ChecksPaging.Of(page));
    }

    /// <summary>Read an organization with its members and projects.</summary>
    [Function("AdminOrganizations_Get")]
    [Operation(Permissions.PlatformOrganizations, Rate.General)]
    public Task<Result<DataAnswer<OversightDetails>>> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/organizations/{organizationId}")] HttpRequest http, string organizationId, CancellationToken ct) =>
        ShowAsync(organizationId.ToId(), ct);

    /// <summary>Change an organization's name, slug, logo or metadata, suspend it, or let it work again.</summary>
    [Function("AdminOrganizations_Update")]
    [Operation(Permissions.PlatformOrganizations, Rate.General, Body = typeof(OversightBody), Audit = "organization.update")]
    public async Task<Result<DataAnswer<OversightDetails>>> UpdateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/admin/organizations/{organizationId}")] HttpRequest http, string organizationId, CancellationToken ct)
    {
        if (await oversight.FindAsync(organizationId.ToId(), ct) is { IsOk: false } unknown)
            return unknown.Error;
        var body = await http.ReadBodyAsync<OversightBody>(ct);
        var changed = body.IsOk ? await oversight.ChangeAsync(organizationId.ToId(), body.Value.ToChange(), ct) : body.Error;
        return changed.IsOk ? await ShowAsync(organizationId.ToId(), ct) : changed.Error;
    }

    /// <summary>Delete an organization; its objects are removed in the background. With other members only by force, then 202.</summary>
    [Function("AdminOrganizations_Delete")]
    [Operation(Permissions.PlatformOrganizations, Rate.General, Query = typeof(OversightDeletion), Audit = "organization.delete")]
    public async Task<Result<ChecksDone>> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/admin/organizations/{organizationId}")] HttpRequest http, string organizationId, CancellationToken ct)
    {
        var query = http.ReadQuery<OversightDeletion>();
        var deleted = query.IsOk ? await oversight.DeleteAsync(organizationId.ToId(), query.Value.Force, ct) : query.Error;
        if (!deleted.IsOk)
            return deleted.Error;
        if (query.Value.Force)
            http.HttpContext.Response.StatusCode = StatusCodes.Status202Accepted;
        return new ChecksDone(true);
    }

    private async Task<Result<DataAnswer<OversightDetails>>> ShowAsync(Guid id, CancellationToken ct)
    {
        var found = await oversight.FindAsync(id, ct);
        return found.IsOk ? new DataAnswer<OversightDetails>(OversightDetails.From(found.Value)) : found.Error;
    }
}
