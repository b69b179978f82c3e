using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

/// <summary>Contents of backups by the attempt that made them.</summary>
[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001990_AddBackupContents")]
public sealed class AddBackupContents : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder).AddColumns("database_backups", t => t.Guid("content_id?"));
}
