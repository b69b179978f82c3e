using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Events;
using Platform.Identity;

namespace Platform.UserSettings;

/// <summary>Takes snapshots of settings long before the events after the last one expire, so that nobody's settings are lost with them.</summary>
public sealed class UserSettingsSweep(IServiceScopeFactory scopes, DatabaseReady ready, IOptions<EventOptions> options, TimeProvider clock)
{
    private const int Batch = 100;

    /// <summary>Says how many it took.</summary>
    public async Task<int> KeepAsync(CancellationToken ct)
    {
        await ready.WaitAsync(ct);
        var (total, taken) = (0, 0);
        do
        {
            taken = await KeepBatchAsync(ct);
            total += taken;
        }
        while (taken > 0);
        return total;
    }

    private async Task<int> KeepBatchAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var (db, stream) = (scope.ServiceProvider.GetRequiredService<PlatformDbContext>(), scope.ServiceProvider.GetRequiredService<SettingsStream>());
        var now = clock.GetUtcNow();
        var before = now - TimeSpan.FromDays(options.Value.RetentionDays / 2.0);
        var due = await db.SettingsSnapshots.Where(snapshot => snapshot.SnapshotAt < before && snapshot.Version > snapshot.SnapshotVersion)
            .OrderBy(snapshot => snapshot.SnapshotAt).Take(Batch).Select(snapshot => snapshot.UserId).ToListAsync(ct);
        var taken = 0;
        foreach (var userId in due)
            taken += await KeepAsync(db, stream, userId, now, ct) ? 1 : 0;
        return taken;
    }

    private static async Task<bool> KeepAsync(PlatformDbContext db, SettingsStream stream, Guid userId, DateTimeOffset now, CancellationToken ct)
    {
        try
        {
            if (await stream.ReadAsync(userId, ct) is not { } state)
                return false;
            state.Keep(state.Current, now);
            await db.SaveChangesAsync(ct);
            return true;
        }
        catch (DbUpdateConcurrencyException)
        {
            db.Discard(); // changed at this moment; the next run looks again
            return false;
        }
    }
}
