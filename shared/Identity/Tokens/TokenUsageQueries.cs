using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Identity;

/// <summary>Reads how tokens were used; what this process has counted is written down first.</summary>
public sealed class TokenUsageQueries(PlatformDbContext db, TokenUsage usage, TokenUsageStore store, TimeProvider clock)
{
    private const int Top = 10;

    public async Task<TokenUsageReport> ReportAsync(AccessToken token, TimeSpan period, CancellationToken ct)
    {
        await store.FlushAsync(ct);
        var now = clock.GetUtcNow();
        var since = DateOnly.FromDateTime((now - period).UtcDateTime);
        var rows = db.TokenUsageDays.Where(row => row.TokenId == token.Id && row.Date >= since);
        var classes = await rows.GroupBy(row => row.Class)
            .Select(group => new { Class = group.Key, Count = group.Sum(row => row.Count), Previous = group.Sum(row => row.PreviousCount) }).ToListAsync(ct);
        var last = usage.LastOf(token.Id) ?? (token.LastUsedAt is { } at ? new LastTokenUse(at, token.LastUsedIp ?? "", token.LastUsedAgent) : null);
        var (total, previous) = (classes.Sum(row => row.Count), classes.Sum(row => row.Previous));
        return new TokenUsageReport
        {
            TokenId = token.Id,
            TotalRequests = total,
            ByStatusClass = new StatusClassCounts(Of("2xx"), Of("3xx"), Of("4xx") + Of("429"), Of("5xx")),
            RateLimited = Of("429"),
            LastUsedAt = last?.At,
            LastUsedIp = last?.Address,
            LastUserAgent = last?.UserAgent,
            Daily = await DailyAsync(rows, since, DateOnly.FromDateTime(now.UtcDateTime), ct),
            TopEndpoints = await EndpointsAsync(rows, token.Id, since, ct),
            Ips = await AddressesAsync(rows, ct),
            SecretUse = new SecretUse(total - previous, previous),
        };

        long Of(string name) => classes.Where(row => row.Class == name).Sum(row => row.Count);
    }

    private static async Task<IReadOnlyList<DailyUse>> DailyAsync(IQueryable<TokenUsageDay> rows, DateOnly first, DateOnly last, CancellationToken ct)
    {
        var counted = await rows.GroupBy(row => row.Date).Select(group => new
        {
            Date = group.Key,
            Count = group.Sum(row => row.Count),
            Errors = group.Sum(row => row.Class != "2xx" && row.Class != "3xx" ? row.Count : 0),
        }).ToDictionaryAsync(row => row.Date, ct);
        return [.. Enumerable.Range(0, last.DayNumber - first.DayNumber + 1).Select(first.AddDays)
            .Select(date => counted.TryGetValue(date, out var day) ? new DailyUse(date, day.Count, day.Errors) : new DailyUse(date, 0, 0))];
    }

    private async Task<IReadOnlyList<EndpointUse>> EndpointsAsync(IQueryable<TokenUsageDay> rows, Guid tokenId, DateOnly since, CancellationToken ct)
    {
        var routes = await rows.GroupBy(row => row.Route)
            .Select(group => new { Route = group.Key, Count = group.Sum(row => row.Count), Errors = group.Sum(row => row.Class != "2xx" && row.Class != "3xx" ? row.Count : 0) })
            .OrderByDescending(row => row.Count).ThenBy(row => row.Route).Take(Top).ToListAsync(ct);
        var names = routes.Select(row => row.Route).ToList();
        var latencies = (await db.TokenLatencyDays.Where(row => row.TokenId == tokenId && row.Date >= since && names.Contains(row.Route))
            .GroupBy(row => new { row.Route, row.Bucket }).Select(group => new { group.Key.Route, group.Key.Bucket, Count = group.Sum(row => row.Count) }).ToListAsync(ct))
            .ToLookup(row => row.Route);
        return [.. routes.Select(row => new EndpointUse(
            row.Route[..row.Route.IndexOf(' ', StringComparison.Ordinal)], row.Route[(row.Route.IndexOf(' ', StringComparison.Ordinal) + 1)..], row.Count, row.Errors,
            LatencyBuckets.Percentile(latencies[row.Route].ToDictionary(found => found.Bucket, found => found.Count), 0.95)))];
    }

    private static async Task<IReadOnlyList<AddressUse>> AddressesAsync(IQueryable<TokenUsageDay> rows, CancellationToken ct)
    {
        var found = await rows.GroupBy(row => row.IpAddress)
            .Select(group => new { Address = group.Key, Count = group.Sum(row => row.Count), Last = group.Max(row => row.LastSeenAt) })
            .OrderByDescending(row => row.Count).ThenBy(row => row.Address).Take(Top).ToListAsync(ct);
        return [.. found.Select(row => new AddressUse(row.Address, row.Count, row.Last))];
    }
}
