using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

/// <summary>What reads a variable of run time.</summary>
[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001930_ExtendVariables")]
public sealed class ExtendVariables : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder).AddColumns("variables", t => t.Int("scopes?"));
}
