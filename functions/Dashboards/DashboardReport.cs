using Platform.Dashboards;
using Platform.Functions.Metrics;

namespace Platform.Functions.Dashboards;

/// <summary>Reads the dashboard of a period that ends now.</summary>
public sealed class DashboardReport(ReadDashboard read, TimeProvider clock)
{
    /// <summary>Parts that the caller may see on the project.</summary>
    public IReadOnlyList<string> Visible(Guid projectId) => read.Visible(projectId);

    public async Task<Dashboard> RunAsync(Guid projectId, string period, CancellationToken ct)
    {
        var length = TimeWords.Length(period);
        var to = DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds() + 1); // with what happened in this millisecond
        var range = new DashboardRange(projectId, to - (2 * length), to - length, to);
        return Dashboard.Of(period, range, await read.ReadAsync(range, read.Visible(projectId), ct));
    }
}
