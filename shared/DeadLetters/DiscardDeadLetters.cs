using System.Linq.Expressions;

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

using Platform.Audit;
using Platform.Data;

namespace Platform.DeadLetters;

/// <summary>Gives dead letters up: those that a person discards, and those that nobody has dealt with in time.</summary>
public sealed class DiscardDeadLetters(PlatformDbContext db, OperatorAccess operators, AuditTrail audit, IOptions<DeadLetterOptions> options, TimeProvider clock)
{
    private const int Batch = 100;

    /// <summary>Discards all that waits of an event.</summary>
    public async Task<Result<Nothing>> DiscardAsync(Guid eventId, string reason, CancellationToken ct)
    {
        var letters = await WaitingAsync(m => m.EventId == eventId, ct);
        audit.Target("dlq_message", eventId);
        audit.Reason(reason);
        if (letters.Count == 0 || await DiscardAsync(letters, DiscardReasons.Manual(reason), ct) == 0)
            return DeadLetterErrors.NotFoundOrFinal;
        await operators.NoteAsync("dlq_message", eventId, () => Task.FromResult(letters[0].UserId), ct);
        return default(Nothing);
    }

    /// <summary>Discards those that have waited longer than <c>Dlq:MaxAgeDays</c>; returns how many.</summary>
    public async Task<int> ExpireAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow().AddDays(-options.Value.MaxAgeDays);
        var expired = 0;
        while (await WaitingAsync(m => m.FailedAt < before, ct) is { Count: > 0 } batch)
            expired += await DiscardAsync(batch, DiscardReasons.Expired, ct);
        return expired;
    }

    private Task<List<WaitingLetter>> WaitingAsync(Expression<Func<DeadLetter, bool>> condition, CancellationToken ct) =>
        db.DeadLetters.Where(DeadLetter.IsWaiting).Where(condition).OrderBy(m => m.Id).Take(Batch).Select(WaitingLetter.Projection).ToListAsync(ct);

    private Task<int> DiscardAsync(List<WaitingLetter> letters, string reason, CancellationToken ct) => db.InTransactionAsync(
        async () =>
        {
            var (now, discarded) = (clock.GetUtcNow(), 0);
            foreach (var letter in letters)
            {
                var changed = await db.DeadLetters.Where(m => m.Id == letter.Id).Where(DeadLetter.IsWaiting).ExecuteUpdateAsync(
                    set => set.SetProperty(m => m.Status, DeadLetterStatus.Discarded).SetProperty(m => m.DiscardReason, reason).SetProperty(m => m.DiscardedAt, now)
                        .SetProperty(m => m.NextRetryAt, (DateTimeOffset?)null).SetProperty(m => m.LastUpdated, now),
                    ct);
                if (changed == 0) // retried or discarded meanwhile
                    continue;
                db.TellDiscarded(letter, reason);
                discarded++;
            }

            if (discarded > 0)
                await db.SaveChangesAsync(ct);
            return discarded;
        },
        ct);
}
