using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;

namespace Platform.Webhooks;

/// <summary>Makes one attempt of a claimed delivery. A process that dies before its end is written has its lease run out, and the attempt is made again.</summary>
public sealed class DeliveryAttempt(IServiceScopeFactory scopes, TimeProvider clock)
{
    private static readonly TimeSpan WriteTime = TimeSpan.FromSeconds(10);

    /// <summary>How it ended; null when it was not begun, because somebody else would begin before it had ended.</summary>
    internal async Task<AttemptResult?> MakeAsync(ClaimedDelivery claimed, CancellationToken ct)
    {
        if (clock.GetUtcNow().AddSeconds(claimed.Webhook.RetryPolicy.TimeoutSeconds) + WriteTime > claimed.LeaseEnd)
            return null;
        await using var scope = scopes.CreateScopeFor(Caller.System(claimed.Webhook.OrganizationId));
        return await scope.ServiceProvider.GetRequiredService<DeliverySender>().SendAsync(claimed.Webhook, claimed.Delivery, ct);
    }
}
