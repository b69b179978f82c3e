using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

/// <summary>Own limits of a user by class.</summary>
[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001851_ExtendUserLimits")]
public sealed class ExtendUserLimits : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder).AddColumns("user_limits", t => t.Json("rules?"));
}
