using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001820_CreateReplaySessions")]
public sealed class CreateReplaySessions : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder)
        .AddColumns("events", t => t.Guid("replay_of?"))
        .Table("replay_sessions", t => t
            .Guid("id").Json("config").Text("status", "correlation_id").Guid("created_by?").Text("sealed_callback?").Guid("key_organization_id?")
            .Long("total_events", "replayed_events", "failed_events", "skipped_events", "until_sequence?", "last_sequence").Time("last_event_at?").Json("errors")
            .Time("created_at", "started_at?", "completed_at?").Key("id"))
        .Table("replay_file_parts", t => t.Guid("session_id").Long("begin").Guid("attempt").Key("session_id", "begin").Reference("session_id", "replay_sessions"))
        .Index("replay_sessions", "created_at desc")
        .Index("replay_sessions", "status", "created_at");
}
