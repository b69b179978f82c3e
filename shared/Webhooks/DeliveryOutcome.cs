using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.DeadLetters;

namespace Platform.Webhooks;

/// <summary>
/// What attempts mean for their deliveries and webhooks: delivered, another try, the end, or a webhook that is switched off. Those that went well, which are most, are written
/// with a few statements for all of them.
/// </summary>
public sealed class DeliveryOutcome(PlatformDbContext db, TimeProvider clock)
{
    /// <summary>All of them in one transaction. Those whose lease had run out, so that somebody else has them, change nothing.</summary>
    internal Task RecordAsync(IReadOnlyList<EndedAttempt> ended, CancellationToken ct) => db.InRepeatableTransactionAsync(
        async () =>
        {
            await db.LockWebhooksAsync([.. ended.Select(one => one.Claimed.Webhook.Id).Distinct()], ct);
            var mine = await StillClaimedAsync(ended, ct);
            await DeliverAsync(mine.FindAll(one => one.Result.Error is null), ct);
            await FailAsync(mine.FindAll(one => one.Result.Error is not null), ct);
            return await db.SaveChangesAsync(ct);
        },
        ct);

    private async Task<List<EndedAttempt>> StillClaimedAsync(IReadOnlyList<EndedAttempt> ended, CancellationToken ct)
    {
        Guid[] ids = [.. ended.Select(one => one.Claimed.Delivery.Id)];
        var claims = await db.WebhookDeliveries.Where(row => ids.Contains(row.Id) && row.ClaimId != null).Select(row => new { row.Id, row.ClaimId }).ToDictionaryAsync(row => row.Id, row => row.ClaimId, ct);
        return [.. ended.Where(one => claims.GetValueOrDefault(one.Claimed.Delivery.Id) is { } claim && claim == one.Claimed.Delivery.ClaimId)];
    }

    private async Task DeliverAsync(List<EndedAttempt> good, CancellationToken ct)
    {
        if (good.Count == 0)
            return;
        foreach (var (claimed, result) in good)
            db.Add(claimed.Delivery.AttemptOf(result));
        DateTimeOffset? now = clock.GetUtcNow();
        Guid[] ids = [.. good.Select(one => one.Claimed.Delivery.Id)], webhooks = [.. good.Where(one => !one.Claimed.Delivery.IsTest).Select(one => one.Claimed.Webhook.Id).Distinct()];
        await db.WebhookDeliveries.Where(row => ids.Contains(row.Id)).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.Status, DeliveryStatus.Delivered).SetProperty(row => row.DeliveredAt, now).SetProperty(row => row.AttemptCount, row => row.AttemptCount + 1)
                .SetProperty(row => row.DueAt, (DateTimeOffset?)null).SetProperty(row => row.ClaimId, (Guid?)null),
            ct);
        await db.Webhooks.Where(row => webhooks.Contains(row.Id)).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.ConsecutiveFailures, 0).SetProperty(row => row.IsFailing, false).SetProperty(row => row.LastDeliveryAt, now).SetProperty(row => row.LastSuccessAt, now), ct);
    }

    private async Task FailAsync(List<EndedAttempt> bad, CancellationToken ct)
    {
        if (bad.Count == 0)
            return;
        Guid[] ids = [.. bad.Select(one => one.Claimed.Delivery.Id)], webhookIds = [.. bad.Select(one => one.Claimed.Webhook.Id).Distinct()];
        var deliveries = await db.WebhookDeliveries.Where(row => ids.Contains(row.Id)).ToDictionaryAsync(row => row.Id, ct);
        var webhooks = await db.Webhooks.Where(row => webhookIds.Contains(row.Id)).ToDictionaryAsync(row => row.Id, ct);
        foreach (var (claimed, result) in bad)
        {
            var delivery = deliveries[claimed.Delivery.Id];
            db.Add(delivery.Record(result));
            if (webhooks.GetValueOrDefault(delivery.WebhookId) is { Status: WebhookStatus.Active } webhook)
                await FailAsync(delivery, webhook, result, ct);
            else
                delivery.Cancel();
        }
    }

    private async Task FailAsync(WebhookDelivery delivery, Webhook webhook, AttemptResult result, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (!delivery.IsTest)
            webhook.NoteFailure(now);
        if (delivery.Trigger == DeliveryTrigger.Auto && !result.IsGone && delivery.AttemptCount < webhook.RetryPolicy.MaxAttempts)
        {
            delivery.Postpone(now + PauseOf(webhook.RetryPolicy, delivery.AttemptCount, result));
            return;
        }

        delivery.Fail();
        if (delivery.IsTest)
            return;
        await LeaveDeadLetterAsync(delivery, result.Error!, now, ct);
        var isTooMuch = delivery.Trigger == DeliveryTrigger.Auto && webhook.NoteExhaustion();
        if (result.IsGone || isTooMuch)
            await DisableAsync(webhook, result.IsGone ? WebhookDisabledReason.Gone : WebhookDisabledReason.ConsecutiveFailures, now, ct);
    }

    // The receiver's wish makes a pause longer, up to the policy's longest.
    private static TimeSpan PauseOf(WebhookRetryPolicy policy, int failures, AttemptResult result)
    {
        var pause = policy.DelayAfter(failures, (Random.Shared.NextDouble() * 2) - 1);
        if (result.RetryAfter is not { } wish)
            return pause;
        var longest = TimeSpan.FromSeconds(policy.MaxDelaySeconds);
        wish = wish < longest ? wish : longest;
        return wish > pause ? wish : pause;
    }

    private async Task LeaveDeadLetterAsync(WebhookDelivery delivery, string error, DateTimeOffset now, CancellationToken ct)
    {
        if (await db.Events.AsNoTracking().SingleOrDefaultAsync(stored => stored.EventId == delivery.EventId, ct) is { } stored)
            await DeadLetterQueue.LeaveAsync(db, WebhookConsumer.Subscription, stored, $"Webhook {delivery.WebhookId} did not take the event: {error}", now, ct);
    }

    private async Task DisableAsync(Webhook webhook, WebhookDisabledReason reason, DateTimeOffset now, CancellationToken ct)
    {
        webhook.Disable(reason);
        (webhook.UpdatedAt, webhook.Version) = (now, webhook.Version + 1);
        await db.CancelWaitingAsync(webhook.Id, ct);
        db.Raise(WebhookDisabled.Of(webhook));
    }
}
