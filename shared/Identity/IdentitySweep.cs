using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;

namespace Platform.Identity;

/// <summary>Deletes sessions that ended 30 days ago and failed sign-ins that nothing counts any more, in batches that do not hold up writers.</summary>
public sealed class IdentitySweep(IServiceScopeFactory scopes, DatabaseReady ready, WriteGate writes, TimeProvider clock)
{
    private const int Batch = 500;
    private static readonly TimeSpan SessionsKept = TimeSpan.FromDays(30);
    private static readonly TimeSpan FailuresKept = TimeSpan.FromDays(1);

    public async Task<int> DeleteEndedSessionsAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow() - SessionsKept;
        return await DeleteAsync(
            db => db.Sessions.Where(session => session.ExpiresAt <= before || session.RevokedAt <= before).OrderBy(session => session.Id).Take(Batch).ExecuteDeleteAsync(ct), ct);
    }

    public async Task<int> DeleteOldFailuresAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var before = now - FailuresKept;
        return await DeleteAsync(
            db => db.SignInThrottles.Where(row => row.WindowStart <= before && (row.LockedUntil == null || row.LockedUntil <= now)).OrderBy(row => row.Key).Take(Batch).ExecuteDeleteAsync(ct), ct);
    }

    private async Task<int> DeleteAsync(Func<PlatformDbContext, Task<int>> batch, CancellationToken ct)
    {
        if (!ready.IsReady)
            return 0;
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var (total, deleted) = (0, 0);
        do
        {
            using (await writes.EnterAsync(ct))
                deleted = await batch(db);
            total += deleted;
        }
        while (deleted == Batch);
        return total;
    }
}
