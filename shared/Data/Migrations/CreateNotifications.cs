using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

[DbContext(typeof(PlatformDbContext))]
[Migration("20260101000310_CreateNotifications")]
public sealed class CreateNotifications : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder)
        .Table("notifications", t => t
            .Guid("id", "user_id", "organization_id").Text("type", "channel", "severity", "status", "subject", "body", "action_url?").Json("tags")
            .Text("correlation_id?", "related_entity_id?", "related_entity_type?").Guid("source_event_id?")
            .Time("created_at", "delivered_at?", "read_at?").Key("id"))
        .Index("notifications", "user_id", "channel", "created_at desc")
        .Index("notifications", "user_id", "type", "created_at")
        .Index("notifications", "related_entity_id", "user_id")
        .Unique("notifications", "source_event_id", "channel");
}
