using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

[DbContext(typeof(PlatformDbContext))]
[Migration("20260102000002_CreateHealthProbes")]
public sealed class CreateHealthProbes : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder)
        .Table("health_probes", t => t.Guid("id").Text("filler").Key("id"));
}
