using Platform.Audit;
using Platform.Dashboards;

namespace Platform.Functions.Audit;

/// <summary>The dashboard's part <c>activity</c>: the newest lines of the project's feed within the period.</summary>
public sealed class ActivityDashboard(ActivityFeed feed) : IDashboardPart
{
    private const int Most = 10;

    public string Name => "activity";

    public string Permission => Permissions.TeamActivity;

    public async Task<Result<object>> ReadAsync(DashboardRange range, CancellationToken ct)
    {
        var page = await feed.ListAsync(new ActivityFilter(MemberId: null, range.ProjectId.ToString(), new AuditQuery { From = range.From, Limit = Most }), ct);
        return page.IsOk ? page.Value.Items.Select(ActivityEntry.From).ToArray() : page.Error;
    }
}
