using Microsoft.EntityFrameworkCore;
using Platform.Dashboards;
using Platform.Data;
using Platform.Identity;

namespace Platform.Webhooks;

/// <summary>The project's own webhooks, and their deliveries that were made in the period, tests apart.</summary>
/// <param name="SuccessRate">Of the deliveries that have ended.</param>
/// <param name="DeltaPct">Change against the period before, by figure.</param>
public sealed record WebhookFigures(int Active, int Disabled, int Deliveries, int Failed, double? SuccessRate, IReadOnlyDictionary<string, double?> DeltaPct);

/// <summary>The dashboard's part <c>webhooks</c>.</summary>
public sealed class WebhookDashboard(PlatformDbContext db) : IDashboardPart
{
    public string Name => "webhooks";

    public string Permission => Permissions.WebhooksRead;

    public async Task<Result<object>> ReadAsync(DashboardRange range, CancellationToken ct)
    {
        var webhooks = db.Webhooks.Where(webhook => webhook.ProjectId == range.ProjectId);
        var active = await webhooks.CountAsync(webhook => webhook.Status == WebhookStatus.Active, ct);
        var disabled = await webhooks.CountAsync(webhook => webhook.Status == WebhookStatus.Disabled, ct);
        var (now, before) = (await PeriodAsync(range.ProjectId, range.From, range.To, ct), await PeriodAsync(range.ProjectId, range.PreviousFrom, range.From, ct));
        return new WebhookFigures(active, disabled, now.All, now.Failed, now.SuccessRate, new Dictionary<string, double?>
        {
            ["deliveries"] = Delta.Pct(now.All, before.All),
            ["failed"] = Delta.Pct(now.Failed, before.Failed),
            ["successRate"] = Delta.Pct(now.SuccessRate, before.SuccessRate),
        });
    }

    private async Task<Period> PeriodAsync(Guid projectId, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        var counts = await db.WebhookDeliveries.Where(delivery => delivery.ProjectId == projectId && !delivery.IsTest && delivery.CreatedAt >= from && delivery.CreatedAt < to)
            .GroupBy(delivery => delivery.Status).Select(group => new { Status = group.Key, Count = group.Count() }).ToDictionaryAsync(row => row.Status, row => row.Count, ct);
        return new Period(counts.Values.Sum(), counts.GetValueOrDefault(DeliveryStatus.Delivered), counts.GetValueOrDefault(DeliveryStatus.Failed));
    }

    private sealed record Period(int All, int Delivered, int Failed)
    {
        public double? SuccessRate => Delta.Rate(Delivered, Delivered + Failed);
    }
}
