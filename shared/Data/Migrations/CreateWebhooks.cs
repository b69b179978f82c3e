using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

/// <summary>Webhooks, what is on its way to them, and each attempt.</summary>
[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001910_CreateWebhooks")]
public sealed class CreateWebhooks : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder)
        .Table("webhooks", t => t
            .Guid("id", "organization_id", "project_id?").Text("name", "url", "description?").Json("events", "header_names").Text("headers?").Json("retry_policy")
            .Text("secret", "secret_preview", "former_secret?").Time("former_secret_until?").Text("status", "disabled_reason?").Int("consecutive_failures").Bool("is_failing")
            .Time("last_delivery_at?", "last_success_at?").Long("after_sequence").Guid("created_by?").Time("created_at", "updated_at").Long("version")
            .Key("id").Reference("organization_id", "organizations").Reference("project_id", "projects"))
        .Index("webhooks", "organization_id", "project_id")
        .Index("webhooks", "project_id")
        .Table("webhook_deliveries", t => t
            .Guid("id", "organization_id", "project_id?", "webhook_id", "event_id").Text("event_type", "payload").Bool("is_test").Text("status", "trigger").Int("attempt_count")
            .Time("due_at?").Guid("claim_id?").Time("delivered_at?", "created_at")
            .Key("id").Reference("organization_id", "organizations"))
        .Index("webhook_deliveries", "organization_id")
        .Unique("webhook_deliveries", "event_id", "webhook_id")
        .Index("webhook_deliveries", "webhook_id", "id")
        .Index("webhook_deliveries", ["webhook_id", "due_at"], unique: false, filter: "due_at IS NOT NULL")
        .Index("webhook_deliveries", ["due_at"], unique: false, filter: "due_at IS NOT NULL")
        .Index("webhook_deliveries", "created_at")
        .Table("webhook_attempts", t => t
            .Guid("delivery_id").Int("number").Text("trigger").Time("started_at").Int("duration_ms", "status_code?").Text("error?")
            .Json("request_headers", "response_headers?").Text("response_body?")
            .Key("delivery_id", "number").Reference("delivery_id", "webhook_deliveries"));
}
