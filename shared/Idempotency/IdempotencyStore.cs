using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Events;
using Platform.Identity;

namespace Platform.Idempotency;

public enum ReservationKind
{
    /// <summary>The key is ours: do the work.</summary>
    Reserved,

    /// <summary>The work was done before; answer as then.</summary>
    Completed,

    /// <summary>Somebody is at it.</summary>
    InWork,

    /// <summary>The key was used for another request.</summary>
    Reused,
}

/// <summary>What reserving a key brought. <paramref name="Since"/> names our reservation; it changes when another process takes it over.</summary>
public sealed record Reservation(ReservationKind Kind, string Key, DateTimeOffset Since, DateTimeOffset ExpiresAt, int StatusCode = 0, string? Answer = null);

/// <summary>Reservations of HTTP idempotency keys, made and released in transactions of their own; completion is in the effect's (<see cref="IdempotentRequest"/>).</summary>
public sealed class IdempotencyStore(IServiceScopeFactory scopes, DatabaseSettings database, WriteGate writes, IOptions<IdempotencyOptions> options, TimeProvider clock)
{
    /// <summary>Status code of a completed key whose answer showed a secret; its stored answer is the id of what was made.</summary>
    public const int SecretShown = 409;

    private const string ReserveSql = """
        INSERT INTO idempotency_keys (key, status, fingerprint, created_at, expires_at) VALUES ({0}, 'processing', {1}, {2}, {3})
        ON CONFLICT (key) DO UPDATE SET status = 'processing', fingerprint = excluded.fingerprint, created_at = excluded.created_at, expires_at = excluded.expires_at,
            status_code = NULL, result = NULL, error = NULL, completed_at = NULL
        WHERE idempotency_keys.expires_at <= {2} OR (idempotency_keys.status = 'processing' AND idempotency_keys.created_at <= {4})
        """;

    public async Task<Reservation> ReserveAsync(string key, string fingerprint, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        while (true)
        {
            var now = DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
            var (expires, stale) = (now.AddHours(options.Value.HttpTtlHours), now.AddSeconds(-options.Value.ProcessingTimeoutSeconds));
            if (await ExecuteAsync(db, ReserveSql, [key, fingerprint, database.Instant(now), database.Instant(expires), database.Instant(stale)], ct) > 0)
                return new Reservation(ReservationKind.Reserved, key, now, expires);
            if (await db.IdempotencyKeys.AsNoTracking().SingleOrDefaultAsync(row => row.Key == key, ct) is { } found)
                return Existing(found, fingerprint);
        }
    }

    /// <summary>Gives an unfinished reservation up, so that a repetition is processed as new.</summary>
    public async Task ReleaseAsync(Reservation reservation)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        using var turn = await writes.EnterAsync(CancellationToken.None);
        await db.IdempotencyKeys.Where(row => row.Key == reservation.Key && row.CreatedAt == reservation.Since && row.Status == IdempotencyStatus.Processing).ExecuteDeleteAsync();
    }

    private async Task<int> ExecuteAsync(PlatformDbContext db, string sql, object[] values, CancellationToken ct)
    {
        using var turn = await writes.EnterAsync(ct);
        return await db.Database.ExecuteSqlRawAsync(sql, values, ct);
    }

    private static Reservation Existing(IdempotencyKey found, string fingerprint)
    {
        var kind = found.Fingerprint != fingerprint ? ReservationKind.Reused : found.Status == IdempotencyStatus.Completed ? ReservationKind.Completed : ReservationKind.InWork;
        return new Reservation(kind, found.Key, found.CreatedAt, found.ExpiresAt, found.StatusCode ?? 200, found.Result);
    }
}
