using Microsoft.AspNetCore.Http;
using Platform.Admin;
using Platform.Functions.Organizations;

namespace Platform.Functions.Admin;

/// <summary>The size of the platform, as the checks family shows it.</summary>
[Api(Family.Checks)]
public sealed class ChecksStatisticsFunctions(PlatformStatistics statistics)
{
    /// <summary>Count users, organizations and what is in them.</summary>
    [Function("Admin_Stats")]
    [Operation(Permissions.PlatformStats, Rate.General)]
    public async Task<Result<DataAnswer<PlatformCounts>>> ReadAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/stats")] HttpRequest http, CancellationToken ct) =>
        new DataAnswer<PlatformCounts>(await statistics.ReadAsync(ct));
}
