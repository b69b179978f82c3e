using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001200_CreateAuditChains")]
public sealed class CreateAuditChains : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropIndex("ix_audit_entries_action_timestamp", "audit_entries");
        new SchemaWriter(migrationBuilder)
            .Table("audit_chains", t => t.Guid("id").Long("sequence").Text("hash").Long("anchor_sequence").Text("anchor_hash").Key("id"))
            .Index("audit_entries", "organization_id", "action", "timestamp")
            .Index("audit_entries", "organization_id", "resource_id", "timestamp")
            .Index("audit_entries", ["chain"], unique: false, filter: "sequence IS NULL", name: "ix_audit_entries_waiting");
    }
}
