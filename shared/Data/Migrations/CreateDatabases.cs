using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

/// <summary>Databases that the platform keeps for projects.</summary>
[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001920_CreateDatabases")]
public sealed class CreateDatabases : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder)
        .Table("databases", t => t
            .Guid("id", "organization_id", "project_id").Text("name", "description?", "engine", "engine_version?", "status").Bool("read_only", "deletion_protection")
            .Int("max_size_mb", "max_connections", "statement_timeout_ms").Text("init_sql?").Long("size_bytes").Int("table_count").Text("error?").Int("deletion_attempts")
            .Guid("created_by?").Time("created_at", "updated_at").Long("version")
            .Key("id").Reference("project_id", "projects"))
        .Unique("databases", "project_id", "name")
        .Index("databases", "organization_id", "created_at")
        .Index("databases", "status")
        .Table("database_tags", t => t
            .Guid("database_id").Text("key", "value").Key("database_id", "key").Reference("database_id", "databases"));
}
