using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Identity;

namespace Platform.Events;

/// <summary>Puts events that cannot be handled aside, and back on their way.</summary>
public sealed class DeadLetters(IServiceScopeFactory scopes, DatabaseSettings settings, TimeProvider clock)
{
    private const int LongestError = 4000;

    /// <summary>Stores or updates the dead letter and acknowledges the event, so that the aggregate's later events go on.</summary>
    public async Task AddAsync(string subscription, PlatformEvent stored, string error, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform, stored.CorrelationId);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        await db.InTransactionAsync(
            async () =>
            {
                var letter = await UpsertAsync(db, subscription, stored, error.Length > LongestError ? error[..LongestError] : error, ct);
                if (stored.Topic != DeadLetterReceived.TopicName) // a failing notice of a dead letter makes no further one
                {
                    db.Raise(new DeadLetterReceived(stored.EventId, letter.OriginalTopic, letter.EventType, error, letter.RetryCount, letter.ProducerId)
                    {
                        OwnerId = stored.UserId,
                        OrganizationId = stored.OrganizationId,
                    });
                }

                await db.SaveChangesAsync(ct);
                await ConsumerMarks.AcknowledgeAsync(db, settings, subscription, stored, clock.GetUtcNow(), ct);
                return true;
            },
            ct);
    }

    /// <summary>
    /// Sends the event to its subscription again. Call it before the commit that marks the letter as retried: sent twice is harmless, not sent is lost.
    /// </summary>
    public static Task RedeliverAsync(ITopicSender sender, DeadLetter letter, CancellationToken ct)
    {
        var notice = new EventNotice(letter.EventId, letter.EventType, null) { RedeliverTo = letter.Consumer };
        return sender.SendAsync(EventNotice.Topic, [notice.ToMessage($"{letter.EventId:D}:retry:{letter.RetryCount}", null, null)], ct);
    }

    private async Task<DeadLetter> UpsertAsync(PlatformDbContext db, string subscription, PlatformEvent stored, string error, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (await db.DeadLetters.SingleOrDefaultAsync(m => m.EventId == stored.EventId && m.OriginalTopic == stored.Topic, ct) is { } known)
        {
            known.FailAgain(subscription, error, now);
            return known;
        }

        return db.DeadLetters.Add(Of(subscription, stored, error, now)).Entity;
    }

    /// <summary>A first dead letter of an event, to be added to a unit of work.</summary>
    internal static DeadLetter Of(string subscription, PlatformEvent stored, string error, DateTimeOffset now) => new()
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
