using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

/// <summary>Domains of projects.</summary>
[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001931_CreateDomains")]
public sealed class CreateDomains : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder)
        .Table("domains", t => t
            .Guid("id", "organization_id", "project_id").Text("name", "target_type?", "target_branch?").Bool("is_primary").Text("redirect_to?", "status", "challenge")
            .Time("pending_since", "verified_at?", "last_checked_at?", "next_check_at?").Int("failure_count").Text("last_error?").Json("found").Time("asked_since?").Int("asked_count")
            .Guid("created_by?").Time("created_at", "updated_at").Long("version").Key("id").Reference("project_id", "projects"))
        .Index("domains", "project_id")
        .Unique("domains", "organization_id", "name")
        .Index("domains", ["name"], unique: true, filter: "status = 'verified'", name: "ix_domains_verified")
        .Index("domains", ["project_id"], unique: true, filter: "is_primary", name: "ix_domains_primary")
        .Index("domains", ["next_check_at"], unique: false, filter: "next_check_at IS NOT NULL");
}
