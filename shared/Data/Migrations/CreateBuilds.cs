using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

/// <summary>Builds of projects with their steps, logs, artifacts, hooks and configuration.</summary>
[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001940_CreateBuilds")]
public sealed class CreateBuilds : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        var schema = new SchemaWriter(migrationBuilder);
        schema.Table("builds", Builds)
            .Unique("builds", "project_id", "number")
            .Index("builds", "project_id", "finished_at")
            .Index("builds", "organization_id", "status")
            .Index("builds", "status", "lease_expires_at")
            .Index("builds", "retry_of")
            .Index("builds", "snapshot_expires_at")
            .Index("builds", "created_at")
            .Table("build_labels", t => t.Guid("build_id").Text("key", "value").Key("build_id", "key").Reference("build_id", "builds"));
        CreateParts(schema);
        CreateConfiguration(schema);
    }

    private static void Builds(TableWriter table) => table
        .Guid("id", "organization_id", "project_id").Int("number").Text("executor").Json("source").Guid("archive_build_id?")
        .Text("secrets?", "branch?", "commit_sha?", "commit_message?", "commit_author?", "environment", "trigger").Guid("triggered_by?").Text("triggered_by_name?")
        .Json("config").Bool("has_plan", "clear_cache").Text("status", "phase").Int("attempt").Guid("retry_of?", "root_build_id", "retried_by?")
        .Time("queued_at", "started_at?", "finished_at?", "cancel_requested_at?").Guid("cancelled_by?").Text("cancel_reason?").Long("queue_ms?", "duration_ms?")
        .Text("failure_code?", "failure_message?").Guid("failure_step_id?").Text("failure_step_name?").Int("failure_exit_code?")
        .Long("log_lines", "log_bytes", "log_warnings", "log_errors").Bool("log_cut").Json("detected?").Bool("cache_hit?")
        .Long("cache_restored_bytes?", "cache_saved_bytes?", "source_bytes?").Int("source_files?")
        .Guid("lease_token?").Time("lease_expires_at?", "snapshot_expires_at?").Guid("created_by?").Time("created_at", "updated_at").Long("version")
        .Key("id").Reference("project_id", "projects");

    private static void CreateParts(SchemaWriter schema) => schema
        .Table("build_steps", t => t
            .Guid("id", "organization_id", "build_id").Int("order").Text("name", "kind", "command?", "working_directory?").Int("timeout_seconds?").Bool("continue_on_error")
            .Text("hook_name?", "status").Int("exit_code?").Time("started_at?", "finished_at?").Long("duration_ms?", "cpu_ms?").Int("max_rss_mb?").Long("log_lines").Text("error?")
            .Time("created_at", "updated_at").Key("id").Reference("build_id", "builds"))
        .Index("build_steps", "build_id", "order")
        .Table("build_log_chunks", t => t
            .Guid("build_id").Long("first", "last").Guid("organization_id").Bytes("content").Time("created_at").Key("build_id", "first").Reference("build_id", "builds"))
        .Table("build_artifacts", t => t
            .Guid("id", "organization_id", "build_id").Text("path").Long("size_bytes").Text("sha256", "content_type", "kind").Time("expires_at", "created_at")
            .Key("id").Reference("build_id", "builds"))
        .Index("build_artifacts", "build_id", "path")
        .Index("build_artifacts", "expires_at")
        .Table("build_hook_runs", t => t
            .Guid("id", "organization_id", "build_id").Int("number").Bool("requested").Text("status").Json("names").Text("payload?").Json("results").Guid("created_by?")
            .Time("created_at", "claimed_at?", "finished_at?").Key("id").Reference("build_id", "builds"))
        .Unique("build_hook_runs", "build_id", "number")
        .Index("build_hook_runs", "status");

    private static void CreateConfiguration(SchemaWriter schema) => schema
        .Table("build_configs", t => t
            .Guid("id", "organization_id").Json("settings").Text("repository_token?", "hook_secret?", "hook_headers?").Long("version").Time("created_at", "updated_at")
            .Guid("updated_by?").Key("id"))
        .Table("build_caches", t => t
            .Guid("id", "organization_id", "project_id").Text("key").Long("size_bytes").Time("created_at", "used_at").Key("id").Reference("project_id", "projects"))
        .Unique("build_caches", "project_id", "key")
        .Index("build_caches", "used_at");
}
