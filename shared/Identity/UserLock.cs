using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Identity;

/// <summary>Holds a user's row, for rules that two requests could break together: how many of something a user has.</summary>
public static class UserLock
{
    /// <summary>Others that ask for the same user wait until this transaction ends.</summary>
    public static Task<int> LockUserAsync(this PlatformDbContext db, Guid userId, CancellationToken ct) =>
        db.Users.Where(user => user.Id == userId).ExecuteUpdateAsync(set => set.SetProperty(user => user.Version, user => user.Version), ct);
}
