using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

[DbContext(typeof(PlatformDbContext))]
[Migration("20260101000300_CreateExecutions")]
public sealed class CreateExecutions : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder)
        .Table("executions", t => t
            .Guid("id", "user_id", "organization_id", "project_id").Text("script", "lang", "lang_version").Json("inputs?").Text("priority")
            .Int("timeout_seconds", "memory_mb", "cpu_millicores").Guid("retried_from?").Text("status").Int("band").Bool("holds_slot")
            .Guid("run_token?").Text("node_name?").Int("start_attempts")
            .Time("cancel_requested_at?").Guid("cancel_event_id?").Text("cancel_reason?")
            .Time("created_at", "started_at?", "completed_at?", "updated_at").Int("version").Key("id"))
        .Index("executions", "user_id", "created_at desc")
        .Index("executions", "user_id", "status")
        .Index("executions", "status", "band", "created_at")
        .Index("executions", ["holds_slot"], unique: false, filter: "holds_slot")
        .Table("execution_results", t => t
            .Guid("execution_id").Text("output?", "errors?").Bool("output_truncated").Int("exit_code").Text("error_type?")
            .Double("wall_seconds").Long("cpu_time_jiffies").Int("clk_tck_hertz").Long("peak_memory_kb").Time("stored_at")
            .Key("execution_id").Reference("execution_id", "executions"))
        .Index("execution_results", "stored_at")
        .Table("sagas", t => t
            .Guid("id").Text("name").Guid("execution_id", "user_id", "organization_id").Text("state", "current_step?")
            .Json("completed_steps", "compensated_steps").Text("error_message?").Int("retry_count")
            .Time("created_at", "updated_at", "completed_at?").Key("id").Reference("execution_id", "executions"))
        .Unique("sagas", "execution_id")
        .Index("sagas", "user_id", "created_at desc")
        .Table("resource_allocations", t => t
            .Guid("id").Text("language", "cpu_request", "memory_request", "cpu_limit", "memory_limit", "status")
            .Time("allocated_at", "released_at?").Key("id").Reference("id", "executions"))
        .Index("resource_allocations", "language", "status")
        .Table("execution_queue", t => t.Int("id").Time("locked_at").Key("id"))
        .Sql(IsSqlite(migrationBuilder)
            ? "INSERT INTO execution_queue (id, locked_at) VALUES (1, 0)"
            : "INSERT INTO execution_queue (id, locked_at) VALUES (1, now())");

    private static bool IsSqlite(MigrationBuilder migration) => new SchemaWriter(migration).IsSqlite;
}
