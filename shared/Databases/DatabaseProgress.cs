using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Databases;

/// <summary>Waits for orchestrations of a database, for callers who would rather have the outcome than ask for it again.</summary>
public sealed class DatabaseProgress(PlatformDbContext db, TimeProvider clock)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    /// <summary>The database once it is no longer in <paramref name="transient"/>, or after 10 s as it is then; null when it is gone.</summary>
    public async Task<ManagedDatabase?> WaitAsync(Guid id, DatabaseStatus transient, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(10);
        while (true)
        {
            var found = await db.Databases.AsNoTracking().Include(database => database.Tags).SingleOrDefaultAsync(database => database.Id == id, ct);
            if (found?.Status != transient || clock.GetElapsedTime(began) >= Longest)
                return found;
            await Task.Delay(pause, clock, ct);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }
}
