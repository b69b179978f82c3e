using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

/// <summary>Backups of managed databases, their schedules and restores.</summary>
[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001921_CreateDatabaseBackups")]
public sealed class CreateDatabaseBackups : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder)
        .AddColumns("databases", t => t
            .Json("backup_schedule?", "last_restore?").Time("next_backup_at?", "last_backup_at?", "last_scheduled_at?").Text("last_scheduled_status?")
            .Guid("restoring_backup_id?", "final_backup_id?"))
        .Index("databases", "next_backup_at")
        .Index("databases", "restoring_backup_id")
        .Table("database_backups", t => t
            .Guid("id", "organization_id", "project_id", "database_id").Text("name?", "type", "status", "format", "engine_version").Long("size_bytes?").Text("sha256?")
            .Time("started_at?", "completed_at?", "expires_at?").Text("error?").Guid("created_by?").Time("created_at", "updated_at")
            .Key("id").Reference("project_id", "projects"))
        .Index("database_backups", "project_id")
        .Index("database_backups", "database_id", "created_at")
        .Index("database_backups", "expires_at")
        .Index("database_backups", ["database_id"], unique: true, filter: "status IN ('pending', 'running')", name: "ix_database_backups_live");
}
