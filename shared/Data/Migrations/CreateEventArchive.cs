using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001800_CreateEventArchive")]
public sealed class CreateEventArchive : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder)
        .Table("events_archive", t => t
            .Guid("event_id").Long("sequence?").Text("event_type", "event_version", "topic").Time("timestamp")
            .Text("aggregate_id?", "correlation_id?", "causation_id?").Guid("organization_id?", "project_id?", "user_id?")
            .Text("service_name").Json("metadata", "payload").Time("stored_at", "ttl_expires_at").Text("status?", "error?")
            .Time("deleted_at").Text("deleted_by", "deletion_reason").Key("event_id"))
        .Index("events_archive", "ttl_expires_at")
        .Index("events", "user_id", "timestamp", "event_type")
        .Index("events", "timestamp")
        .Index("events", "stored_at")
        .Index("events", "correlation_id", "sequence")
        .Sql("DROP INDEX ix_events_user_id_timestamp")
        .Sql("DROP INDEX ix_events_correlation_id");
}
