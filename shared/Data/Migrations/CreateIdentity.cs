using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

[DbContext(typeof(PlatformDbContext))]
[Migration("20260101000100_CreateIdentity")]
public sealed class CreateIdentity : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        var schema = new SchemaWriter(migrationBuilder);
        AddUsers(schema);
        AddOrganizations(schema);
        AddPlatform(schema);
    }

    private static void AddUsers(SchemaWriter schema) => schema
        .Table("users", t => t
            .Guid("id").Text("username", "username_key", "email?", "email_key?", "display_name", "first_name?", "last_name?", "avatar_url?", "password_hash?", "platform_role")
            .Bool("is_active").Time("banned_until?").Text("ban_reason?").Bool("email_verified").Guid("last_organization_id?", "last_project_id?")
            .Time("created_at", "updated_at", "last_login_at?").Long("version").Key("id"))
        .Unique("users", "username_key")
        .Unique("users", "email_key")
        .Index("users", "created_at")
        .Table("sessions", t => t
            .Guid("id", "user_id").Int("ver").Text("csrf_hash", "method").Guid("active_organization_id", "active_project_id").Bool("persistent")
            .Time("created_at", "last_seen_at", "expires_at", "revoked_at?").Text("ip_address?", "user_agent?").Key("id").Reference("user_id", "users"))
        .Index("sessions", "user_id")
        .Index("sessions", "expires_at")
        .Table("sign_in_throttles", t => t.Text("key").Int("failures").Time("window_start", "locked_until?").Key("key"))
        .Index("sign_in_throttles", "window_start")
        .Table("signing_keys", t => t.Text("id", "secret").Time("created_at").Key("id"))
        .Table("user_limits", t => t
            .Guid("user_id").Bool("bypass").Double("multiplier").Int("max_messages_per_day?", "max_sandbox_duration?").Text("notes?").Time("updated_at")
            .Key("user_id").Reference("user_id", "users"));

    private static void AddOrganizations(SchemaWriter schema) => schema
        .Table("organizations", t => t
            .Guid("id").Text("name", "slug", "logo?").Bool("is_personal").Guid("personal_user_id?").Text("status").Long("rbac_version")
            .Time("created_at", "updated_at").Long("version").Key("id"))
        .Unique("organizations", "slug")
        .Unique("organizations", "personal_user_id")
        .Table("projects", t => t
            .Guid("id", "organization_id").Text("name", "name_key", "slug", "description?").Bool("is_default").Text("status")
            .Time("deleted_at?", "created_at", "updated_at").Long("version").Key("id").Reference("organization_id", "organizations"))
        .Index("projects", ["organization_id", "name_key"], unique: true, filter: "status <> 'deleted'")
        .Index("projects", ["organization_id", "slug"], unique: true, filter: "status <> 'deleted'")
        .Index("projects", ["organization_id"], unique: true, filter: "is_default", name: "ix_projects_default")
        .Table("memberships", t => t
            .Guid("id", "organization_id", "user_id").Text("role").Bool("project_bound").Guid("invited_by?").Time("joined_at", "last_active_at?")
            .Key("id").Reference("organization_id", "organizations").Reference("user_id", "users"))
        .Unique("memberships", "organization_id", "user_id")
        .Index("memberships", "user_id")
        .Table("role_assignments", t => t
            .Guid("id", "organization_id", "user_id", "project_id").Text("role").Time("expires_at?").Guid("assigned_by?").Time("assigned_at")
            .Key("id").Reference("user_id", "users").Reference("project_id", "projects"))
        .Unique("role_assignments", "user_id", "project_id")
        .Index("role_assignments", "project_id");

    private static void AddPlatform(SchemaWriter schema) => schema
        .Table("system_settings", t => t.Int("id").Json("document").Time("updated_at").Guid("updated_by?").Long("version").Key("id"))
        .Table("audit_entries", t => t
            .Guid("id", "chain").Long("sequence?").Time("timestamp").Guid("organization_id?", "project_id?", "actor_id?").Text("actor_type", "actor_name?").Guid("token_id?", "impersonator_id?")
            .Text("action", "alias?", "resource_type", "resource_id?", "resource_name?", "outcome", "reason?", "ip_address?", "user_agent?", "request_id?")
            .Json("changes", "metadata").Text("previous_hash?", "hash?").Key("id"))
        .Unique("audit_entries", "chain", "sequence")
        .Index("audit_entries", "organization_id", "timestamp")
        .Index("audit_entries", "actor_id", "timestamp")
        .Index("audit_entries", "action", "timestamp")
        .Table("rate_buckets", t => t.Text("bucket").Bytes("state").Long("version", "expires_at").Key("bucket"))
        .Index("rate_buckets", "expires_at");
}
