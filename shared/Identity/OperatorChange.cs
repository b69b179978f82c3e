using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Identity;

/// <summary>
/// Changes users' platform roles and states one at a time over all nodes: checks and writes are one transaction that holds a lock, so that of two operators who
/// demote, ban or delete each other at once one stays.
/// </summary>
public sealed class OperatorChange(PlatformDbContext db, SessionDirectory sessions, TimeProvider clock)
{
    /// <param name="change">Gets the time; checks, writes and saves. It may only refuse before it has saved anything.</param>
    public async Task<Result<T>> RunAsync<T>(Func<DateTimeOffset, Task<Result<T>>> change, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.Platform);
        var result = await db.InTransactionAsync(
            async () =>
            {
                var locked = await db.PlatformLocks.Where(row => row.Name == PlatformLock.Operators)
                    .ExecuteUpdateAsync(set => set.SetProperty(row => row.Taken, row => row.Taken + 1), ct);
                return locked == 1 ? await change(clock.GetUtcNow()) : throw new InvalidOperationException("The lock of operators is missing.");
            },
            ct);
        sessions.ForgetAll();
        return result;
    }

    /// <summary>Whether somebody else is an operator who may sign in; asked under the lock.</summary>
    public Task<bool> OthersRemainAsync(Guid userId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return db.Users.AnyAsync(user => user.Id != userId && user.PlatformRole == PlatformRole.Admin && user.IsActive && !(user.BannedUntil > now), ct);
    }
}
