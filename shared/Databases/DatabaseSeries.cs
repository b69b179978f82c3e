using Platform.Data;
using Platform.Metrics;

namespace Platform.Databases;

/// <summary>The platform's series of managed databases, with the tags <c>databaseId</c> and <c>engine</c>.</summary>
public sealed class DatabaseSeries(PlatformSeries series)
{
    private const string Type = "database";

    public void Queried(ManagedDatabase database, TimeSpan took, bool failed)
    {
        var tags = TagsOf(database);
        series.Record(database.OrganizationId, database.ProjectId, Type, "database.query_duration", took.TotalMilliseconds, MetricKind.Gauge, "ms", tags);
        if (failed)
            series.Record(database.OrganizationId, database.ProjectId, Type, "database.query_errors", 1, MetricKind.Counter, null, tags);
    }

    public void Measured(ManagedDatabase database, long bytes) =>
        series.Record(database.OrganizationId, database.ProjectId, Type, "database.size_bytes", bytes, MetricKind.Gauge, "bytes", TagsOf(database));

    private static Dictionary<string, string> TagsOf(ManagedDatabase database) =>
        new() { ["databaseId"] = database.Id.ToString(), ["engine"] = EnumWords<DatabaseEngine>.ToWord(database.Engine) };
}
