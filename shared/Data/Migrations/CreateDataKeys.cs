using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

[DbContext(typeof(PlatformDbContext))]
[Migration("20260102000000_CreateDataKeys")]
public sealed class CreateDataKeys : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder)
        .Table("data_keys", t => t
            .Guid("organization_id").Int("version").Text("master_key_id").Bytes("wrapped_key").Time("created_at")
            .Key("organization_id", "version"))
        .Index("data_keys", "master_key_id");
}
