using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

/// <summary>Links of account mails, second factors and their recovery codes.</summary>
[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001000_CreateAccounts")]
public sealed class CreateAccounts : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder)
        .Table("email_tokens", t => t
            .Text("hash").Guid("user_id").Text("purpose", "email_key").Time("created_at", "expires_at", "used_at?")
            .Key("hash").Reference("user_id", "users"))
        .Index("email_tokens", "user_id")
        .Index("email_tokens", "expires_at")
        .Table("two_factors", t => t
            .Guid("user_id").Text("secret").Time("created_at", "enabled_at?").Long("last_step")
            .Key("user_id").Reference("user_id", "users"))
        .Table("recovery_codes", t => t
            .Guid("user_id").Text("hash").Time("used_at?")
            .Key("user_id", "hash").Reference("user_id", "users"));
}
