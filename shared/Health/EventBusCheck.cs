using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Events;
using Platform.Identity;
using Platform.Workflows;

namespace Platform.Health;

/// <summary>What waits in the outbox (events to be numbered or forwarded, workflows to be started) waits less than a minute.</summary>
internal sealed class EventBusCheck(
    IServiceScopeFactory scopes, DatabaseReady ready, EventSubscriptions subscriptions, IOptions<EventOptions> events, TimeProvider clock) : IComponentCheck
{
    private static readonly TimeSpan MaxLag = TimeSpan.FromSeconds(60);

    public string Name => "event_bus";

    public bool IsCritical => true;

    public async ValueTask<ComponentFinding> CheckAsync(CancellationToken ct)
    {
        if (!ready.IsReady)
            return ComponentFinding.Unhealthy("migrations pending");
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var limit = clock.GetUtcNow() - MaxLag;
        var unnumbered = await db.Events.Where(e => e.Sequence == null).OrderBy(e => e.RowId).Select(e => (DateTimeOffset?)e.StoredAt).FirstOrDefaultAsync(ct);
        if (unnumbered < limit)
            return ComponentFinding.Unhealthy("outbox lag");
        var forwarded = await db.Set<RelayState>().Where(state => state.Name == RelayState.Forwarded).Select(state => state.Value).SingleAsync(ct);
        var waiting = db.Events.Where(e => e.Sequence > forwarded);
        if (!events.Value.ForwardAll) // what nobody subscribes to is passed over without moving the mark
        {
            string[] handled = [.. subscriptions.EventTypes];
            waiting = waiting.Where(e => handled.Contains(e.EventType));
        }

        var unforwarded = await waiting.OrderBy(e => e.Sequence).Select(e => (DateTimeOffset?)e.StoredAt).FirstOrDefaultAsync(ct);
        if (unforwarded < limit)
            return ComponentFinding.Unhealthy("outbox lag");
        var unstarted = await db.Set<WorkflowMessage>().AnyAsync(message => message.DueAt < limit, ct);
        return unstarted ? ComponentFinding.Unhealthy("workflow start lag") : ComponentFinding.Healthy;
    }
}
