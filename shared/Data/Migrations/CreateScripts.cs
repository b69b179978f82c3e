using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

/// <summary>Saved scripts, their versions and schedules.</summary>
[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001841_CreateScripts")]
public sealed class CreateScripts : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder)
        .Table("saved_scripts", t => t
            .Guid("id", "user_id", "organization_id", "project_id").Text("name", "script", "lang", "lang_version", "description?").Int("version")
            .Time("created_at", "updated_at").Key("id"))
        .Index("saved_scripts", "user_id", "updated_at desc")
        .Table("script_versions", t => t
            .Guid("script_id").Int("number").Text("name", "script", "lang", "lang_version", "description?").Time("saved_at")
            .Key("script_id", "number").Reference("script_id", "saved_scripts"))
        .Table("script_schedules", t => t
            .Guid("script_id").Text("cron", "timezone").Bool("enabled").Time("next_run_at?", "last_run_at?").Guid("last_execution_id?").Text("last_error?")
            .Time("updated_at").Int("version").Key("script_id").Reference("script_id", "saved_scripts"))
        .Index("script_schedules", "next_run_at");
}
