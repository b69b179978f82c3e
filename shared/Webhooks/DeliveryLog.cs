using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Data;
using Platform.Identity;
using Platform.Metrics;

namespace Platform.Webhooks;

/// <summary>An attempt that has ended.</summary>
internal sealed record EndedAttempt(ClaimedDelivery Claimed, AttemptResult Result);

/// <summary>
/// Attempts that have ended and are to be written down: all that wait in one transaction, each by itself when that fails. One that cannot be written is made again when its
/// lease has run out.
/// </summary>
public sealed class DeliveryLog(IServiceScopeFactory scopes, PlatformSeries series, ILogger<DeliveryLog> log)
{
    private const int MaxWrites = 5;

    private readonly ConcurrentQueue<EndedAttempt> _ended = new();

    internal void Add(EndedAttempt ended) => _ended.Enqueue(ended);

    /// <summary>Writes what has ended, also when the node is stopping: it was sent. The claims of these attempts are over.</summary>
    internal async Task<IReadOnlyList<ClaimedDelivery>> WriteAsync()
    {
        List<EndedAttempt> taken = [];
        while (_ended.TryDequeue(out var ended))
            taken.Add(ended);
        if (taken.Count == 0)
            return [];
        try
        {
            await WriteAsync(taken);
        }
        catch (Exception fault)
        {
            log.LogDebug(fault, "{Count} attempts could not be written at once", taken.Count);
            foreach (var ended in taken)
                await WriteAloneAsync(ended);
        }

        return taken.ConvertAll(ended => ended.Claimed);
    }

    private async Task WriteAloneAsync(EndedAttempt ended)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await WriteAsync([ended]);
                return;
            }
            catch (DbUpdateException) when (tries < MaxWrites)
            {
                // another node has just left the same dead letter, or taken the claim over: look again
            }
            catch (Exception fault)
            {
                log.LogError(fault, "The attempt of webhook delivery {DeliveryId} could not be written; it is made again when its lease has run out", ended.Claimed.Delivery.Id);
                return;
            }
        }
    }

    private async Task WriteAsync(IReadOnlyList<EndedAttempt> ended)
    {
        await using (var scope = scopes.CreateScopeFor(Caller.Platform))
            await scope.ServiceProvider.GetRequiredService<DeliveryOutcome>().RecordAsync(ended, CancellationToken.None);
        foreach (var (claimed, result) in ended)
            Measure(claimed.Webhook, result);
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
}
