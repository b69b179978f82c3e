using Microsoft.EntityFrameworkCore;

using Platform.Data;

namespace Platform.Events;

/// <summary>
/// Counts in the database what would be too much to read. Hand-written SQL knows no tenant filter, so whose events count is a parameter of each method:
/// a user's (for an access token those of its organization), or with null everybody's.
/// </summary>
public sealed class EventCounts(PlatformDbContext db, DatabaseSettings settings)
{
    private const string OfUser = " AND user_id = {2}";
    private const string OfOrganization = " AND organization_id = {3}";

    public async Task<EventTally> TallyAsync(Guid? userId, Guid? organizationId, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        var hour = settings.IsSqlite ? "timestamp / 3600000000" : "CAST(floor(extract(epoch FROM timestamp) / 3600) AS bigint)";
        var sql = $$"""
            SELECT event_type AS "EventType", service_name AS "ServiceName", {{hour}} AS "Hour", count(*) AS "Count"
            FROM events WHERE timestamp >= {0} AND timestamp <= {1}{{(userId is null ? "" : OfUser)}}{{(organizationId is null ? "" : OfOrganization)}}
            GROUP BY 1, 2, 3
            """;
        var tally = new EventTally();
        var rows = db.Database.SqlQueryRaw<HourOfType>(sql, settings.Instant(from), settings.Instant(to), Key(userId), Key(organizationId));
        foreach (var row in await rows.ToListAsync(ct))
            tally.Add(row.EventType, row.ServiceName, DateTimeOffset.UnixEpoch.AddHours(row.Hour), row.Count);
        return tally;
    }

    /// <summary>The types that occur, sorted. Of everybody's events each is found by one step in an index; a user's are all in one, too.</summary>
    public async Task<List<string>> TypesAsync(Guid? userId, Guid? organizationId, CancellationToken ct)
    {
        const string OfEverybody = """
            WITH RECURSIVE found(name) AS (
                SELECT min(event_type) FROM events
                UNION ALL
                SELECT (SELECT min(event_type) FROM events WHERE event_type > found.name) FROM found WHERE found.name IS NOT NULL)
            SELECT name AS "Value" FROM found WHERE name IS NOT NULL
            """;
        const string OfOneUser = """SELECT DISTINCT event_type AS "Value" FROM events WHERE user_id = {0}""";
        var sql = userId is null ? OfEverybody : organizationId is null ? OfOneUser : OfOneUser + " AND organization_id = {1}";
        var types = await db.Database.SqlQueryRaw<string>(sql, Key(userId), Key(organizationId)).ToListAsync(ct);
        types.Sort(StringComparer.Ordinal);
        return types;
    }

    private object Key(Guid? id) => settings.Key(id ?? Guid.Empty);

    private sealed record HourOfType(string EventType, string ServiceName, long Hour, long Count);
}
