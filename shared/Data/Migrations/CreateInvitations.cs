using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001300_CreateInvitations")]
public sealed class CreateInvitations : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder)
        .AddColumns("organizations", t => t.Text("metadata?"))
        .AddColumns("memberships", t => t.Guid("last_project_id?"))
        .Index("projects", "status", "deleted_at")
        .Table("invitations", t => t
            .Guid("id", "organization_id").Text("email", "email_key", "role").Bool("project_bound").Json("custom_role_ids", "project_grants")
            .Text("message?", "token_hash", "state").Time("expires_at").Guid("inviter_id").Int("resent_count").Time("last_sent_at").Text("email_status")
            .Time("created_at", "closed_at?").Key("id").Reference("organization_id", "organizations"))
        .Unique("invitations", "token_hash")
        .Index("invitations", ["organization_id", "email_key"], unique: true, filter: "state = 'pending'")
        .Index("invitations", "email_key")
        .Index("invitations", "state", "expires_at")
        .Sql("DROP INDEX ix_notifications_source_event_id_channel")
        .Unique("notifications", "source_event_id", "user_id", "channel");
}
