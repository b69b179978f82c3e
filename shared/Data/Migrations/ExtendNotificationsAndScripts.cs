using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

/// <summary>When a notification was clicked; links that share scripts.</summary>
[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001852_ExtendNotificationsAndScripts")]
public sealed class ExtendNotificationsAndScripts : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder)
        .AddColumns("notifications", t => t.Time("clicked_at?"))
        .Table("script_shares", t => t
            .Guid("id", "script_id").Text("token_hash").Time("created_at", "expires_at").Key("id").Reference("script_id", "saved_scripts"))
        .Unique("script_shares", "token_hash")
        .Index("script_shares", "script_id");
}
