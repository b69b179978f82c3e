using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;

namespace Platform.Identity;

/// <summary>Writes what <see cref="TokenUsage"/> counted: daily rows, and the last use of each token at most once a minute.</summary>
public sealed class TokenUsageStore(TokenUsage usage, IServiceScopeFactory scopes, DatabaseSettings database) : IDisposable
{
    private static readonly TimeSpan LastUseInterval = TimeSpan.FromMinutes(1);

    private const string CountSql = """
        INSERT INTO token_usage_days (token_id, date, route, class, ip_address, count, previous_count, last_seen_at) VALUES ({0}, {1}, {2}, {3}, {4}, {5}, {6}, {7})
        ON CONFLICT (token_id, date, route, class, ip_address) DO UPDATE SET count = token_usage_days.count + excluded.count,
            previous_count = token_usage_days.previous_count + excluded.previous_count, last_seen_at = excluded.last_seen_at
        """;

    private const string LatencySql = """
        INSERT INTO token_latency_days (token_id, date, route, bucket, count) VALUES ({0}, {1}, {2}, {3}, {4})
        ON CONFLICT (token_id, date, route, bucket) DO UPDATE SET count = token_latency_days.count + excluded.count
        """;

    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Writes everything down; true when last uses were held back for a minute.</summary>
    public async Task<bool> FlushAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            var batch = usage.TakeBatch();
            var lastUses = usage.TakeLastUses(LastUseInterval, out var waiting);
            if (batch.Size > 0 || lastUses.Count > 0)
                await WriteOrGiveBackAsync(batch, lastUses, ct);
            return waiting;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task WriteOrGiveBackAsync(TokenUsageBatch batch, IReadOnlyList<CountedUse> lastUses, CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateScopeFor(Caller.Platform);
            var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
            await db.InTransactionAsync(() => WriteAsync(db, batch, lastUses, ct), ct);
        }
        catch
        {
            usage.GiveBack(batch, lastUses);
            throw;
        }
    }

    // In one order on all nodes, so that they do not wait for each other in a circle.
    private async Task<int> WriteAsync(PlatformDbContext db, TokenUsageBatch batch, IReadOnlyList<CountedUse> lastUses, CancellationToken ct)
    {
        var rows = 0;
        foreach (var (key, count) in batch.Uses.OrderBy(pair => pair.Key.ToString(), StringComparer.Ordinal))
        {
            rows += await ExecuteAsync(
                db, CountSql, ct, database.Key(key.TokenId), key.Day, Name(key.Method, key.Route), key.Class, key.Address, count.Count, count.Previous, database.Instant(count.LastSeenAt));
        }
        foreach (var (key, count) in batch.Latencies.OrderBy(pair => pair.Key.ToString(), StringComparer.Ordinal))
            rows += await ExecuteAsync(db, LatencySql, ct, database.Key(key.TokenId), key.Day, Name(key.Method, key.Route), key.Bucket, count);
        foreach (var last in lastUses.OrderBy(last => last.TokenId))
            rows += await WriteLastUseAsync(db, last, ct);
        return rows;
    }

    private static string Name(string method, string route) => $"{method} /{route}";

    private static Task<int> ExecuteAsync(PlatformDbContext db, string sql, CancellationToken ct, params object[] values) => db.Database.ExecuteSqlRawAsync(sql, values, ct);

    private static Task<int> WriteLastUseAsync(PlatformDbContext db, CountedUse last, CancellationToken ct) =>
        db.AccessTokens.Where(token => token.Id == last.TokenId).ExecuteUpdateAsync(
            set => set
                .SetProperty(token => token.LastUsedAt, last.Use.At)
                .SetProperty(token => token.LastUsedIp, last.Use.Address)
                .SetProperty(token => token.LastUsedAgent, last.Use.UserAgent)
                .SetProperty(token => token.RequestCount, token => token.RequestCount + last.Count),
            ct);
}
