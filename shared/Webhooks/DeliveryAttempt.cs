using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;
using Platform.Metrics;

namespace Platform.Webhooks;

/// <summary>Makes one attempt of a claimed delivery and writes down how it ended. A process that dies in between has its lease run out, and the attempt is made again.</summary>
public sealed class DeliveryAttempt(IServiceScopeFactory scopes, PlatformSeries series, TimeProvider clock)
{
    private const int MaxWrites = 5;
    private static readonly TimeSpan WriteTime = TimeSpan.FromSeconds(10);

    internal async Task MakeAsync(ClaimedDelivery claimed, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.System(claimed.OrganizationId));
        var services = scope.ServiceProvider;
        var db = services.GetRequiredService<PlatformDbContext>();
        var delivery = await db.WebhookDeliveries.AsNoTracking().SingleOrDefaultAsync(row => row.Id == claimed.Id && row.ClaimId == claimed.ClaimId, ct);
        var webhook = await db.Webhooks.AsNoTracking().SingleOrDefaultAsync(row => row.Id == claimed.WebhookId && row.Status == WebhookStatus.Active, ct);
        if (delivery is null || webhook is null)
            return; // nobody wants it any more; when its lease has run out it is cancelled
        if (clock.GetUtcNow().AddSeconds(webhook.RetryPolicy.TimeoutSeconds) + WriteTime > claimed.LeaseEnd)
            return; // somebody else would begin before this attempt had ended

        var result = await services.GetRequiredService<DeliverySender>().SendAsync(webhook, delivery, ct);
        await RecordAsync(claimed, result);
        Measure(webhook, result);
    }

    // Those of the organization as a whole are no project's.
    private void Measure(Webhook webhook, AttemptResult result)
    {
        if (webhook.ProjectId is not { } project)
            return;
        var tags = new Dictionary<string, string> { ["webhookId"] = webhook.Id.ToString(), ["outcome"] = result.Error is null ? "delivered" : "failed" };
        series.Record(webhook.OrganizationId, project, "webhook", "webhook.deliveries", 1, MetricKind.Counter, null, tags);
        series.Record(webhook.OrganizationId, project, "webhook", "webhook.delivery_duration", result.DurationMs, MetricKind.Gauge, "ms", tags);
    }

    // What was sent is written down even when the node is stopping.
    private async Task RecordAsync(ClaimedDelivery claimed, AttemptResult result)
    {
        for (var tries = 1; ; tries++)
        {
            await using var scope = scopes.CreateScopeFor(Caller.System(claimed.OrganizationId));
            try
            {
                await scope.ServiceProvider.GetRequiredService<DeliveryOutcome>().RecordAsync(claimed, result, CancellationToken.None);
                return;
            }
            catch (DbUpdateException) when (tries < MaxWrites)
            {
                // another node has just left the same dead letter, or taken the claim over: look again
            }
        }
    }
}
