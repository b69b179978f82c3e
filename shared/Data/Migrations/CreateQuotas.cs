using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

/// <summary>Daily use, limits that operators set, and which limits have been reached.</summary>
[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001850_CreateQuotas")]
public sealed class CreateQuotas : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder)
        .Table("usage_days", t => t
            .Guid("organization_id", "project_id", "user_id").Date("day").Long("executions", "cpu_milliseconds", "memory_kb_seconds")
            .Key("organization_id", "day", "project_id", "user_id"))
        .Index("usage_days", "user_id", "day")
        .Index("usage_days", "project_id", "day")
        .Index("usage_days", "day")
        .Table("quota_overrides", t => t
            .Guid("subject_id").Text("subject").Long("executions_per_day?", "cpu_seconds_per_day?", "memory_mb_seconds_per_day?").Int("soft_percent?").Text("note?")
            .Time("updated_at").Guid("updated_by?").Int("version").Key("subject_id"))
        .Table("quota_notices", t => t.Guid("subject_id").Date("day").Text("quota", "level").Key("subject_id", "day", "quota", "level"))
        .Index("quota_notices", "day");
}
