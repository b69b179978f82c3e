using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

/// <summary>Passwords of managed databases whose engine has roles.</summary>
[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001960_AddDatabaseCredentials")]
public sealed class AddDatabaseCredentials : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder).AddColumns("databases", t => t.Text("credentials?"));
}
