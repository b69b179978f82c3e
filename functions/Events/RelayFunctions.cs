using Platform.Events;

namespace Platform.Functions.Events;

/// <summary>Keeps the outbox moving and the store tidy.</summary>
public sealed class RelayFunctions(OutboxRelay relay, EventSweep sweep)
{
    /// <summary>Name by which a host runs the relay right after a commit.</summary>
    public const string RelayOutbox = "Timer_RelayOutbox";

    /// <summary>Start committed workflows, number committed events and hand them to the topic.</summary>
    [Function(RelayOutbox)]
    public Task RelayAsync([TimerTrigger("* * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken ct) => relay.RunAsync(client, ct);

    /// <summary>Delete idempotency keys whose time is over.</summary>
    [Function("Timer_SweepIdempotencyKeys")]
    public Task SweepKeysAsync([TimerTrigger("0 0 * * * *")] TimerInfo timer, CancellationToken ct) => sweep.DeleteExpiredKeysAsync(ct);

    /// <summary>Delete events past their retention, archived ones too, and the marks of consumers on long finished aggregates.</summary>
    [Function("Timer_SweepEvents")]
    public async Task SweepEventsAsync([TimerTrigger("0 0 3 * * *")] TimerInfo timer, CancellationToken ct)
    {
        await sweep.DeleteExpiredEventsAsync(ct);
        await sweep.DeleteExpiredArchiveAsync(ct);
        await sweep.DeleteOldOffsetsAsync(ct);
    }
}
