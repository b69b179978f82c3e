using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

/// <summary>Retry policies of dead letters; and a dead letter for each consumer that fails on an event.</summary>
[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001810_CreateDeadLetterPolicies")]
public sealed class CreateDeadLetterPolicies : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder)
        .Table("dlq_policies", t => t
            .Guid("scope").Text("topic", "strategy").Int("max_retries").Double("base_delay_seconds", "max_delay_seconds", "retry_multiplier", "jitter_factor").Time("updated_at")
            .Key("scope", "topic"))
        .DropIndex("dlq_messages", "event_id", "original_topic")
        .Unique("dlq_messages", "event_id", "original_topic", "consumer");
}
