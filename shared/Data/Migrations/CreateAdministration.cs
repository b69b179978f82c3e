using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001500_CreateAdministration")]
public sealed class CreateAdministration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder)
        .Table("platform_locks", t => t.Text("name").Long("taken").Key("name"))
        .Sql("INSERT INTO platform_locks (name, taken) VALUES ('operators', 0)")
        .Table("impersonations", t => t
            .Guid("id", "session_id", "operator_id", "target_id", "organization_id", "return_organization_id", "return_project_id")
            .Time("started_at", "ends_at", "ended_at?").Key("id").Reference("session_id", "sessions"))
        .Index("impersonations", ["session_id"], unique: true, filter: "ended_at IS NULL")
        .Index("impersonations", "operator_id");
}
