using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

/// <summary>The attempt that makes or restores a database.</summary>
[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001995_AddDatabaseAttempts")]
public sealed class AddDatabaseAttempts : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder).AddColumns("databases", t => t.Guid("attempt_id?"));
}
