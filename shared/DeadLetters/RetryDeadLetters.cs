using System.Linq.Expressions;

using Microsoft.EntityFrameworkCore;

using Platform.Audit;
using Platform.Data;
using Platform.Events;

namespace Platform.DeadLetters;

/// <summary>
/// Puts dead letters back on their way, for people and when they are due. Of all who want to retry the same one, on however many nodes, one does: the row changes
/// its state once.
/// </summary>
public sealed class RetryDeadLetters(
    PlatformDbContext db, ITopicSender sender, EventSubscriptions subscriptions, OperatorAccess operators, TimeProvider clock)
{
    private const int Batch = 100;

    /// <summary>Retries all that waits of an event; null when that was done.</summary>
    public async Task<Error?> RetryAsync(Guid eventId, CancellationToken ct)
    {
        var letters = await db.DeadLetters.Where(m => m.EventId == eventId).OrderBy(m => m.Id).Select(WaitingLetter.Projection).ToListAsync(ct);
        if (letters.Count == 0)
            return DeadLetterErrors.NotFound;

        await operators.NoteAsync("dlq_message", eventId, () => Task.FromResult(letters[0].UserId), ct);
        Error? refusal = null;
        var retried = 0;
        foreach (var letter in letters)
        {
            if (await TryAsync(letter, DeadLetter.IsWaiting, ct) is { } failed)
                refusal = failed;
            else
                retried++;
        }

        return retried > 0 ? null : refusal;
    }

    /// <summary>Retries those whose time has come, at most a hundred; returns how many.</summary>
    public async Task<int> RetryDueAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var due = await db.DeadLetters.Where(m => m.Status == DeadLetterStatus.Scheduled && m.NextRetryAt <= now)
            .OrderBy(m => m.NextRetryAt).ThenBy(m => m.Id).Take(Batch).Select(WaitingLetter.Projection).ToListAsync(ct);
        var retried = 0;
        foreach (var letter in due)
        {
            if (await TryAsync(letter, m => m.Status == DeadLetterStatus.Scheduled && m.NextRetryAt <= now, ct) is null)
                retried++;
        }

        return retried;
    }

    private async Task<Error?> TryAsync(WaitingLetter letter, Expression<Func<DeadLetter, bool>> condition, CancellationToken ct)
    {
        if (subscriptions.Find(letter.Consumer, letter.EventType).Count == 0)
            return FinalOf(letter.Status) ?? DeadLetterErrors.NoConsumer;
        if (await db.InTransactionAsync(() => PutBackAsync(letter, condition, ct), ct))
            return null;
        var status = await db.DeadLetters.Where(m => m.Id == letter.Id).Select(m => (DeadLetterStatus?)m.Status).SingleOrDefaultAsync(ct);
        return status is { } found ? FinalOf(found) ?? DeadLetterErrors.AlreadyRetried : DeadLetterErrors.NotFound;
    }

    private async Task<bool> PutBackAsync(WaitingLetter letter, Expression<Func<DeadLetter, bool>> condition, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var claimed = await db.DeadLetters.Where(m => m.Id == letter.Id && m.RetryCount == letter.RetryCount).Where(condition).ExecuteUpdateAsync(
            set => set.SetProperty(m => m.Status, DeadLetterStatus.Retried).SetProperty(m => m.RetryCount, m => m.RetryCount + 1)
                .SetProperty(m => m.RetriedAt, now).SetProperty(m => m.NextRetryAt, (DateTimeOffset?)null).SetProperty(m => m.LastUpdated, now),
            ct);
        if (claimed == 0)
            return false;

        db.TellRetried(letter);
        await db.SaveChangesAsync(ct);
        await SendAsync(letter, ct); // before the commit: sent twice is harmless, not sent is lost
        return true;
    }

    /// <summary>To the consumer that failed and to no other.</summary>
    private Task SendAsync(WaitingLetter letter, CancellationToken ct)
    {
        var notice = new EventNotice(letter.EventId, letter.EventType, null) { RedeliverTo = letter.Consumer };
        return sender.SendAsync(EventNotice.Topic, [notice.ToMessage($"{letter.EventId:D}:retry:{letter.Consumer}:{letter.RetryCount}", null, null)], ct);
    }

    private static Error? FinalOf(DeadLetterStatus status) => status switch
    {
        DeadLetterStatus.Retried => DeadLetterErrors.AlreadyRetried,
        DeadLetterStatus.Discarded => DeadLetterErrors.AlreadyDiscarded,
        _ => null,
    };
}
