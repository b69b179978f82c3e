using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001400_CreateAccessTokens")]
public sealed class CreateAccessTokens : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder)
        .Table("access_tokens", t => t
            .Guid("id").Text("kind", "hash", "previous_hash?").Time("previous_valid_until?").Text("prefix", "name", "name_key?")
            .Guid("user_id", "organization_id").Bool("project_bound").Guid("job_id?").Json("scopes", "ip_allow_list").Int("rate_max?", "rate_window?").Bool("enabled")
            .Guid("parent_id?").Time("created_at", "updated_at", "expires_at?", "rotated_at?", "revoked_at?", "last_used_at?")
            .Text("last_used_ip?", "last_used_agent?").Long("request_count").Int("expiry_warning?")
            .Key("id").Reference("user_id", "users").Reference("organization_id", "organizations"))
        .Unique("access_tokens", "hash")
        .Unique("access_tokens", "previous_hash")
        .Index("access_tokens", ["user_id", "name_key"], unique: true, filter: "kind = 'user'")
        .Unique("access_tokens", "job_id", "name_key")
        .Index("access_tokens", "organization_id", "kind", "created_at")
        .Index("access_tokens", "expires_at")
        .Index("access_tokens", "revoked_at")
        .Table("access_token_projects", t => t
            .Guid("token_id", "project_id").Key("token_id", "project_id").Reference("token_id", "access_tokens").Reference("project_id", "projects"))
        .Index("access_token_projects", "project_id")
        .Table("token_usage_days", t => t
            .Guid("token_id").Date("date").Text("route", "class", "ip_address").Long("count", "previous_count").Time("last_seen_at")
            .Key("token_id", "date", "route", "class", "ip_address"))
        .Index("token_usage_days", "date")
        .Table("token_latency_days", t => t
            .Guid("token_id").Date("date").Text("route").Int("bucket").Long("count").Key("token_id", "date", "route", "bucket"))
        .Index("token_latency_days", "date");
}
