using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001840_CreateUserSettings")]
public sealed class CreateUserSettings : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder)
        .Table("settings_snapshots", t => t
            .Guid("user_id").Long("version", "total_changes").Json("document").Long("snapshot_version", "up_to_sequence").Time("snapshot_at", "created_at", "updated_at")
            .Key("user_id").Reference("user_id", "users"))
        .Index("settings_snapshots", "snapshot_at");
}
