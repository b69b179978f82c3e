using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

/// <summary>Foreign accounts, the flows that link them, keys of model providers, counters of task messages.</summary>
[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001100_CreateLinkedIdentities")]
public sealed class CreateLinkedIdentities : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder)
        .Table("linked_identities", t => t
            .Guid("id", "user_id", "organization_id").Text("provider", "external_user_id", "username", "access_token?", "refresh_token?", "scope?")
            .Time("expires_at?").Bool("needs_reauth", "is_primary").Time("profile_read_at", "created_at", "updated_at").Key("id").Reference("user_id", "users"))
        .Unique("linked_identities", "provider", "external_user_id")
        .Unique("linked_identities", "user_id", "provider")
        .Table("oauth_flows", t => t
            .Text("state_hash", "provider", "mode").Guid("user_id?").Text("redirect_to").Bool("tells_connected").Text("code_verifier").Time("expires_at", "consumed_at?")
            .Key("state_hash").Reference("user_id", "users"))
        .Index("oauth_flows", "user_id")
        .Index("oauth_flows", "expires_at")
        .Table("provider_keys", t => t
            .Guid("user_id").Text("provider").Guid("organization_id").Text("value").Time("created_at", "updated_at").Key("user_id", "provider").Reference("user_id", "users"))
        .Table("usage_counters", t => t.Guid("user_id").Date("date").Int("messages").Key("user_id", "date").Reference("user_id", "users"))
        .Index("usage_counters", "date");
}
