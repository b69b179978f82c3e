using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

/// <summary>Custom roles; assignments name a role by its id. The old table of assignments was never written to.</summary>
[DbContext(typeof(PlatformDbContext))]
[Migration("20260101000900_CreateRoles")]
public sealed class CreateRoles : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable("role_assignments");
        new SchemaWriter(migrationBuilder)
            .Table("roles", t => t
                .Guid("id", "organization_id").Text("name", "name_key", "description").Json("permissions", "inherits", "closure", "built_ins")
                .Guid("created_by?").Time("created_at", "updated_at").Long("version").Key("id").Reference("organization_id", "organizations"))
            .Unique("roles", "organization_id", "name_key")
            .Table("role_assignments", t => t
                .Guid("id", "organization_id", "user_id", "role_id", "project_id?").Time("expires_at?").Guid("assigned_by?").Time("assigned_at")
                .Key("id").Reference("user_id", "users").Reference("project_id", "projects"))
            .Unique("role_assignments", "user_id", "role_id", "project_id")
            .Index("role_assignments", ["user_id", "role_id"], unique: true, filter: "project_id IS NULL", name: "ix_role_assignments_organization_wide")
            .Index("role_assignments", "organization_id")
            .Index("role_assignments", "project_id");
    }
}
