using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

/// <summary>Invitations may offer custom roles on one project.</summary>
[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001600_ExtendInvitations")]
public sealed class ExtendInvitations : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder).AddColumns("invitations", t => t.Guid("roles_project_id?"));
}
