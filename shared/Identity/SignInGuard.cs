using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Settings;

namespace Platform.Identity;

/// <summary>
/// Counts failed password checks, per account (user, or login text that names none) and per client address, and locks either for a while. One counter serves
/// every route that checks a password. Attempts on one account take turns within a process, so that parallel guesses do not slip under the limit.
/// </summary>
public sealed class SignInGuard(PlatformDbContext db, CallerScope scope, SystemSettingsStore settings, SignInTurns turns, WriteGate writes, TimeProvider clock)
{
    private const int AddressFailures = 30;
    private static readonly TimeSpan AddressWindow = TimeSpan.FromMinutes(15);

    /// <summary>Waits for the account's turn; dispose to end it.</summary>
    public Task<IDisposable> TakeTurnAsync(User? user, string login, CancellationToken ct) => turns.TakeAsync(AccountKey(user, login), ct);

    /// <summary>Refuses while the account or the address is locked. An attempt on a locked account prolongs its lock.</summary>
    public async Task<Error?> RefusalAsync(User? user, string login, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (account, address) = (AccountKey(user, login), AddressKey);
        var rows = await db.SignInThrottles.AsNoTracking().Where(row => row.Key == account || row.Key == address).ToListAsync(ct);
        if (rows.Find(row => row.Key == account) is { } locked && locked.LockedUntil > now)
        {
            var duration = await LockoutAsync(ct);
            using var turn = await writes.EnterAsync(ct);
            await db.SignInThrottles.Where(row => row.Key == account).ExecuteUpdateAsync(set => set.SetProperty(row => row.LockedUntil, now + duration), ct);
            return IdentityErrors.Locked(duration);
        }
        return rows.Find(row => row.Key == address) is { } other && other.LockedUntil > now ? IdentityErrors.TooManyFailures(other.LockedUntil.Value - now) : null;
    }

    /// <summary>Counts a failure; the refusal when it was one too many.</summary>
    public async Task<Error?> FailedAsync(User? user, string login, CancellationToken ct)
    {
        var security = (await settings.GetAsync(ct)).SecuritySettings;
        var lockout = TimeSpan.FromMinutes(security.LockoutDurationMinutes);
        await CountAsync(AddressKey, AddressFailures, AddressWindow, AddressWindow, ct);
        return await CountAsync(AccountKey(user, login), security.MaxLoginAttempts, lockout, lockout, ct) ? IdentityErrors.Locked(lockout) : null;
    }

    /// <summary>Forgets the account's failures after a success.</summary>
    public async Task SucceededAsync(User user, string login, CancellationToken ct)
    {
        var key = AccountKey(user, login);
        if (!await db.SignInThrottles.AnyAsync(row => row.Key == key, ct))
            return;
        using var turn = await writes.EnterAsync(ct);
        await db.SignInThrottles.Where(row => row.Key == key).ExecuteDeleteAsync(ct);
    }

    private string AddressKey => $"address:{scope.IpAddress}";

    // One atomic statement counts; the row is made when there is none yet.
    private async Task<bool> CountAsync(string key, int limit, TimeSpan window, TimeSpan lockout, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        while (!await TryIncrementAsync(key, now - window, now, ct) && !await TryAddAsync(key, now, ct))
        {
            // another process made the row between the two: count on it
        }
        using var turn = await writes.EnterAsync(ct);
        return await db.SignInThrottles.Where(row => row.Key == key && row.Failures >= limit)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.LockedUntil, now + lockout), ct) > 0;
    }

    private async Task<bool> TryIncrementAsync(string key, DateTimeOffset oldest, DateTimeOffset now, CancellationToken ct)
    {
        var row = db.SignInThrottles.Where(throttle => throttle.Key == key);
        using var turn = await writes.EnterAsync(ct);
        await row.Where(throttle => throttle.WindowStart < oldest && (throttle.LockedUntil == null || throttle.LockedUntil <= now)).ExecuteDeleteAsync(ct);
        return await row.ExecuteUpdateAsync(set => set.SetProperty(throttle => throttle.Failures, throttle => throttle.Failures + 1), ct) > 0;
    }

    private async Task<bool> TryAddAsync(string key, DateTimeOffset now, CancellationToken ct)
    {
        var row = new SignInThrottle { Key = key, Failures = 1, WindowStart = now };
        try
        {
            db.Add(row);
            await db.SaveChangesAsync(ct);
            return true;
        }
        catch (DbUpdateException lost) when (lost.IsUniqueViolation())
        {
            return false;
        }
        finally
        {
            db.Entry(row).State = EntityState.Detached;
        }
    }

    private async Task<TimeSpan> LockoutAsync(CancellationToken ct) => TimeSpan.FromMinutes((await settings.GetAsync(ct)).SecuritySettings.LockoutDurationMinutes);

    /// <summary>Under which the failures of a user's account are counted.</summary>
    internal static string KeyOf(Guid userId) => $"user:{userId}";

    private static string AccountKey(User? user, string login) =>
        user is not null ? KeyOf(user.Id) : $"login:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(User.Key(login))))}";
}
