using Microsoft.AspNetCore.Http;
using Platform.Audit;

namespace Platform.Functions.Audit;

/// <summary>What happened in the active organization, for its members.</summary>
[Api(Family.Delivery)]
public sealed class ActivityFunctions(ActivityFeed feed)
{
    /// <summary>List who did what, newest first.</summary>
    [Function("Activity_List")]
    [Operation(Permissions.TeamActivity, Rate.Default, Query = typeof(ActivityQuery))]
    public async Task<Result<Page<ActivityEntry>>> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/team/activity-logs")] HttpRequest http, CancellationToken ct)
    {
        var query = http.ReadQuery<ActivityQuery>();
        var page = query.IsOk ? await feed.ListAsync(ToFilter(query.Value), ct) : query.Error;
        return page.IsOk ? new Page<ActivityEntry>([.. page.Value.Items.Select(ActivityEntry.From)], page.Value.Total, page.Value.Limit, page.Value.Offset) : page.Error;
    }

    private static ActivityFilter ToFilter(ActivityQuery query) => new(query.MemberId, query.ProjectId == "all" ? null : query.ProjectId, new AuditQuery
    {
        Actions = [.. query.Action.Select(action => action.TrimEnd('*') + "*")],
        ResourceTypes = query.ResourceType,
        From = query.From,
        To = query.To,
        Limit = query.Limit,
        Offset = query.Offset,
    });
}
