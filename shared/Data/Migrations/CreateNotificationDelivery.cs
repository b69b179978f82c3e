using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

/// <summary>What a notification needs to reach webhooks and Slack, and what users want of each channel.</summary>
[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001830_CreateNotificationDelivery")]
public sealed class CreateNotificationDelivery : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder)
        .AddColumns("notifications", t => t
            .Json("metadata?").Text("throttle_tag?", "error_message?").Time("scheduled_for?", "sent_at?", "failed_at?").Int("retry_count?").Guid("digest_id?"))
        .Index("notifications", "status", "scheduled_for")
        .Index("notifications", "digest_id")
        .Index("notifications", "created_at")
        .Table("notification_subscriptions", t => t
            .Guid("user_id", "organization_id").Text("channel").Bool("enabled").Json("notification_types", "severities", "include_tags", "exclude_tags")
            .Text("webhook_url?", "webhook_secret?", "slack_webhook?").Bool("quiet_hours_enabled").Text("quiet_hours_start?", "quiet_hours_end?", "timezone")
            .Int("batch_interval_minutes").Time("created_at", "updated_at").Long("version").Key("user_id", "channel"))
        .Table("notification_throttles", t => t.Guid("user_id").Text("kind").Time("taken_at").Key("user_id", "kind"))
        .Index("notification_throttles", "taken_at");
}
