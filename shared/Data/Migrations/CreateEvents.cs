using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

[DbContext(typeof(PlatformDbContext))]
[Migration("20260101000000_CreateEvents")]
public sealed class CreateEvents : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder)
        .Table("events", t => t
            .Identity("row_id")
            .Guid("event_id").Long("sequence?").Text("event_type", "event_version", "topic").Time("timestamp")
            .Text("aggregate_id?", "correlation_id?", "causation_id?").Guid("organization_id?", "project_id?", "user_id?")
            .Text("service_name").Json("metadata", "payload").Time("stored_at", "ttl_expires_at").Text("status?", "error?"))
        .Unique("events", "event_id")
        .Unique("events", "sequence")
        .Index("events", ["row_id"], unique: false, filter: "sequence IS NULL", name: "ix_events_unsequenced")
        .Index("events", "aggregate_id", "sequence")
        .Index("events", "user_id", "timestamp")
        .Index("events", "event_type", "timestamp")
        .Index("events", "correlation_id")
        .Index("events", "ttl_expires_at")
        .Table("relay_state", t => t.Text("name").Long("value").Key("name"))
        .Sql("INSERT INTO relay_state (name, value) VALUES ('sequenced', 0), ('forwarded', 0)")
        .Table("workflow_outbox", t => t
            .Identity("row_id")
            .Text("instance_id", "name?", "event_name?", "payload?").Time("created_at", "due_at").Int("attempts").Text("last_error?"))
        .Table("idempotency_keys", t => t
            .Text("key", "status", "fingerprint?", "result?", "error?").Int("status_code?").Time("created_at", "completed_at?", "expires_at")
            .Double("processing_duration_ms?").Key("key"))
        .Index("idempotency_keys", "expires_at")
        .Table("consumer_offsets", t => t.Text("consumer", "aggregate_id").Long("sequence").Time("updated_at").Key("consumer", "aggregate_id"))
        .Index("consumer_offsets", "updated_at")
        .Table("dlq_messages", t => t
            .Guid("id", "event_id").Text("original_topic", "event_type").Json("event").Guid("user_id?", "organization_id?")
            .Text("consumer", "error", "last_error?", "producer_id").Long("dlq_offset").Int("dlq_partition", "retry_count").Text("status")
            .Time("failed_at", "created_at", "last_updated", "next_retry_at?", "retried_at?", "discarded_at?").Text("discard_reason?").Key("id"))
        .Unique("dlq_messages", "event_id", "original_topic")
        .Index("dlq_messages", "status", "next_retry_at")
        .Index("dlq_messages", "user_id", "failed_at");
}
