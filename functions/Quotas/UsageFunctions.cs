using Microsoft.AspNetCore.Http;
using Platform.Quotas;

namespace Platform.Functions.Quotas;

/// <summary>What was used by day, and today's use against the limits.</summary>
[Api(Family.Executions)]
public sealed class UsageFunctions(UsageQueries usage, OrganizationUsageQueries organizations)
{
    /// <summary>Read the caller's use by day and project, and how today's stands against the limits.</summary>
    [Function("Usage_GetOwn")]
    [Operation(Permissions.ExecutionsRead, Rate.Api, Query = typeof(UsageFilter))]
    public async Task<Result<UsageReport>> GetOwnAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/user/usage")] HttpRequest http, CancellationToken ct)
    {
        var filter = http.ReadQuery<UsageFilter>();
        return filter.IsOk ? await usage.ReadOwnAsync(filter.Value, ct) : filter.Error;
    }

    /// <summary>Read what the members of an organization used there, by day, project and user, and how today's use stands against its limits.</summary>
    [Function("Usage_GetOfOrganization")]
    [Operation(Permissions.OrganizationsUpdate, Rate.Api, Query = typeof(OrganizationUsageFilter))]
    public async Task<Result<OrganizationUsageReport>> GetOfOrganizationAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/organizations/{organizationId}/usage")] HttpRequest http, string organizationId, CancellationToken ct)
    {
        var filter = http.ReadQuery<OrganizationUsageFilter>();
        return filter.IsOk ? await organizations.ReadAsync(filter.Value, ct) : filter.Error;
    }
}
