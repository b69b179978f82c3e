using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

/// <summary>Time series: what they are, their points, and these summed up by minute and hour.</summary>
[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001900_CreateMetrics")]
public sealed class CreateMetrics : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder)
        .Table("metric_series", t => t
            .Identity("id").Guid("organization_id", "project_id").Text("name", "type", "kind", "unit?", "source").Json("tags").Text("hash").Bool("is_extreme").Time("created_at")
            .Reference("project_id", "projects"))
        .Unique("metric_series", "project_id", "hash")
        .Index("metric_series", "project_id", "name")
        .Index("metric_series", "created_at")
        .Table("metric_points", t => t.Identity("id").Long("series_id", "at").Double("value").Reference("series_id", "metric_series"))
        .Index("metric_points", "series_id", "at", "value")
        .Table("metric_rollups", t => t
            .Long("series_id").Int("resolution").Long("start", "count").Double("sum", "deviation", "minimum", "maximum").Long("first_at").Double("first").Long("last_at").Double("last")
            .Key("series_id", "resolution", "start").Reference("series_id", "metric_series"))
        .Index("metric_rollups", "start");
}
