using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Events;
using Platform.Identity;

namespace Platform.DeadLetters;

/// <summary>Puts events that cannot be handled aside, and decides what becomes of them.</summary>
public sealed class DeadLetterQueue(IServiceScopeFactory scopes, DatabaseSettings settings, TimeProvider clock)
{
    private const int LongestError = 4000;

    /// <summary>
    /// Stores or updates the dead letter, schedules its retry (or ends it) as the policy of its topic says, and acknowledges the event, so that the
    /// aggregate's later events go on.
    /// </summary>
    public async Task AddAsync(string subscription, PlatformEvent stored, string error, CancellationToken ct)
    {
        var shown = error.Length > LongestError ? error[..LongestError] : error;
        try
        {
            await StoreAsync(subscription, stored, shown, ct);
        }
        catch (DbUpdateException lost) when (lost.IsUniqueViolation())
        {
            await StoreAsync(subscription, stored, shown, ct); // another node was first: now there is a row to update
        }
    }

    /// <summary>Adds the dead letter of an event that no retry can help to a unit of work; it waits for a person.</summary>
    internal static void Leave(PlatformDbContext db, string consumer, PlatformEvent stored, string error, DateTimeOffset now)
    {
        var letter = db.DeadLetters.Add(Of(consumer, stored, error, now)).Entity;
        db.TellReceived(letter);
    }

    /// <summary>As <see cref="Leave"/>, where the consumer may have left the event before; needs a transaction.</summary>
    internal static async Task LeaveAsync(PlatformDbContext db, string consumer, PlatformEvent stored, string error, DateTimeOffset now, CancellationToken ct) =>
        db.TellReceived(await UpsertAsync(db, consumer, stored, error, now, ct));

    private async Task StoreAsync(string subscription, PlatformEvent stored, string error, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform, stored.CorrelationId);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var policies = scope.ServiceProvider.GetRequiredService<DeadLetterPolicies>();
        await db.InTransactionAsync(
            async () =>
            {
                var now = clock.GetUtcNow();
                var letter = await UpsertAsync(db, subscription, stored, error, now, ct);
                db.TellReceived(letter);
                letter.Follow(await policies.ResolveAsync(letter.OrganizationId, letter.OriginalTopic, ct), (Random.Shared.NextDouble() * 2) - 1, now);
                if (letter.Status == DeadLetterStatus.Discarded)
                    db.TellDiscarded(WaitingLetter.Of(letter), letter.DiscardReason!);
                await db.SaveChangesAsync(ct);
                await ConsumerMarks.AcknowledgeAsync(db, settings, subscription, stored, now, ct);
                return true;
            },
            ct);
    }

    private static async Task<DeadLetter> UpsertAsync(PlatformDbContext db, string subscription, PlatformEvent stored, string error, DateTimeOffset now, CancellationToken ct)
    {
        var row = db.DeadLetters.Where(m => m.EventId == stored.EventId && m.OriginalTopic == stored.Topic && m.Consumer == subscription);
        var isKnown = await row.ExecuteUpdateAsync(set => set.SetProperty(m => m.LastUpdated, now), ct) > 0; // and locked, so that nobody retries or discards it meanwhile
        if (!isKnown)
            return db.DeadLetters.Add(Of(subscription, stored, error, now)).Entity;

        var known = await row.SingleAsync(ct);
        known.FailAgain(error, now);
        return known;
    }

    private static DeadLetter Of(string subscription, PlatformEvent stored, string error, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        EventId = stored.EventId,
        OriginalTopic = stored.Topic,
        EventType = stored.EventType,
        Event = EventEnvelope.From(stored).ToJson(),
        UserId = stored.UserId,
        OrganizationId = stored.OrganizationId,
        Consumer = subscription,
        Error = error,
        LastError = error,
        ProducerId = stored.ServiceName,
        DlqOffset = stored.Sequence ?? 0,
        FailedAt = now,
        CreatedAt = now,
        LastUpdated = now,
    };
}
