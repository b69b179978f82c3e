using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.DeadLetters;

namespace Platform.Webhooks;

/// <summary>What an attempt means for its delivery and its webhook: delivered, another try, the end, or a webhook that is switched off.</summary>
public sealed class DeliveryOutcome(PlatformDbContext db, TimeProvider clock)
{
    /// <summary>All of them in one transaction. Those whose lease had run out, so that somebody else has them, change nothing.</summary>
    internal Task RecordAsync(IReadOnlyList<EndedAttempt> ended, CancellationToken ct) => db.InTransactionAsync(
        async () =>
        {
            var webhooks = await db.LockWebhooksAsync([.. ended.Select(one => one.Claimed.Webhook.Id).Distinct()], ct);
            Guid[] ids = [.. ended.Select(one => one.Claimed.Delivery.Id)];
            var deliveries = await db.WebhookDeliveries.Where(row => ids.Contains(row.Id)).ToDictionaryAsync(row => row.Id, ct);
            foreach (var (claimed, result) in ended)
            {
                if (deliveries.TryGetValue(claimed.Delivery.Id, out var delivery) && delivery.ClaimId == claimed.Delivery.ClaimId)
                    await RecordAsync(delivery, webhooks.GetValueOrDefault(delivery.WebhookId), result, ct);
            }

            return await db.SaveChangesAsync(ct);
        },
        ct);

    private async Task RecordAsync(WebhookDelivery delivery, Webhook? webhook, AttemptResult result, CancellationToken ct)
    {
        db.Add(delivery.Record(result));
        if (result.Error is null)
            Deliver(delivery, webhook);
        else if (webhook is not { Status: WebhookStatus.Active })
            delivery.Cancel();
        else
            await FailAsync(delivery, webhook, result, ct);
    }

    private void Deliver(WebhookDelivery delivery, Webhook? webhook)
    {
        var now = clock.GetUtcNow();
        delivery.Deliver(now);
        if (!delivery.IsTest)
            webhook?.NoteSuccess(now);
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
