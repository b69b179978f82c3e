using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

[DbContext(typeof(PlatformDbContext))]
[Migration("20260102000001_CreateComponentHealth")]
public sealed class CreateComponentHealth : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder)
        .Table("component_health", t => t.Text("name").Bool("is_healthy").Time("changed_at").Key("name"));
}
