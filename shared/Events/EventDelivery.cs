using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

using Platform.Data;
using Platform.DeadLetters;
using Platform.Identity;

namespace Platform.Events;

/// <summary>
/// Handles one event for one subscription: the handlers' effects, the idempotency key and the consumer's offset are one transaction. A failure is tried again
/// after 1 s, 5 s and 15 s; then the event becomes a dead letter and the stream goes on.
/// </summary>
public sealed class EventDelivery(
    IServiceScopeFactory scopes, DatabaseSettings settings, EventSubscriptions subscriptions, DeadLetterQueue deadLetters, TimeProvider clock, ILogger<EventDelivery> log)
{
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15)];
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromSeconds(7200);

    public Task DeliverAsync(string subscription, PlatformEvent stored, CancellationToken ct) => DeliverAsync(subscription, stored, () => TryAsync(subscription, stored, ct), ct);

    /// <summary>Handles an event in a way that leaves no marks, since a repetition does no harm; failures are dealt with all the same.</summary>
    public async Task DeliverAsync(string subscription, PlatformEvent stored, Func<Task> handle, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await handle();
                return;
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                log.LogWarning(e, "{Subscription} failed to handle {EventType} {EventId}, attempt {Attempt}", subscription, stored.EventType, stored.EventId, attempt + 1);
                if (attempt == Pauses.Length)
                {
                    await deadLetters.AddAsync(subscription, stored, e.Message, ct);
                    return;
                }
            }

            await Task.Delay(Pauses[attempt], clock, ct);
        }
    }

    private async Task TryAsync(string subscription, PlatformEvent stored, CancellationToken ct)
    {
        var caller = stored.OrganizationId is { } organization ? Caller.System(organization) : Caller.Platform;
        await using var scope = scopes.CreateScopeFor(caller, stored.CorrelationId);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        await db.InTransactionAsync(
            async () =>
            {
                foreach (var group in subscriptions.Find(subscription, stored.EventType))
                {
                    if (await ConsumerMarks.ClaimAsync(db, settings, $"idempotency:{subscription}:{group.Handler.Name}:{group.Key(stored)}", clock.GetUtcNow(), KeyLifetime, ct))
                        await HandleAsync(scope.ServiceProvider, db, group, stored, ct);
                }

                await ConsumerMarks.AcknowledgeAsync(db, settings, subscription, stored, clock.GetUtcNow(), ct);
                return true;
            },
            ct);
    }

    private static async Task HandleAsync(IServiceProvider services, PlatformDbContext db, EventSubscription subscription, PlatformEvent stored, CancellationToken ct)
    {
        var handler = (IEventHandler)services.GetRequiredService(subscription.Handler);
        await handler.HandleAsync(stored, ct);
        await db.SaveChangesAsync(ct);
    }
}
