using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Events;
using Platform.Identity.OAuth;

namespace Platform.DeadLetters;

/// <summary>Dead letters become the other's. Events themselves are append-only: they stay with whom they happened to.</summary>
internal sealed class DeadLetterMove(PlatformDbContext db) : IAccountMove
{
    public IReadOnlyCollection<Type> Entities => [typeof(DeadLetter), typeof(PlatformEvent), typeof(ArchivedEvent)];

    public Task MoveAsync(AbsorbedAccount account, CancellationToken ct)
    {
        var (from, into) = (account.From.UserId, account.Into.UserId);
        return db.DeadLetters.Where(letter => letter.UserId == from).ExecuteUpdateAsync(set => set.SetProperty(letter => letter.UserId, into), ct);
    }
}
