using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

/// <summary>Functions of projects, their versions, deployments and invocations.</summary>
[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001950_CreateUserFunctions")]
public sealed class CreateUserFunctions : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => _ = Invocations(Deployments(new SchemaWriter(migrationBuilder)
        .Table("user_functions", t => t
            .Guid("id", "organization_id", "project_id").Text("name", "name_key", "description?", "runtime", "entrypoint")
            .Int("timeout_seconds", "memory_mb", "max_concurrency", "min_instances", "idle_timeout_seconds").Json("environment_names").Text("environment?", "network").Json("health_check")
            .Bool("enabled").Text("status").Int("latest_version", "active_version?").Guid("active_deployment_id?", "latest_deployment_id?").Text("latest_deployment_status?")
            .Int("config_revision", "deployed_revision?").Time("last_invoked_at?").Guid("created_by?").Time("created_at", "updated_at").Long("version")
            .Key("id").Reference("project_id", "projects"))
        .Unique("user_functions", "project_id", "name_key")
        .Index("user_functions", "organization_id", "created_at")
        .Index("user_functions", ["min_instances"], unique: false, filter: "min_instances > 0")
        .Table("user_function_tags", t => t
            .Guid("function_id").Text("key", "value").Key("function_id", "key").Reference("function_id", "user_functions"))
        .Table("function_versions", t => t
            .Guid("function_id").Int("number").Guid("organization_id", "project_id").Text("runtime", "entrypoint", "code_sha256").Long("size_bytes").Int("file_count")
            .Text("message?", "package_sha256?").Guid("created_by?").Time("created_at")
            .Key("function_id", "number").Reference("function_id", "user_functions"))));

    private static SchemaWriter Deployments(SchemaWriter schema) => schema
        .Table("function_deployments", t => t
            .Guid("id", "organization_id", "project_id", "function_id").Int("version_number", "previous_version?").Guid("previous_deployment_id?").Int("config_revision").Text("status", "reason")
            .Json("steps").Text("error_code?", "error_message?", "package_log?").Time("started_at?", "finished_at?").Guid("triggered_by?").Time("created_at", "updated_at").Long("version")
            .Key("id").Reference("function_id", "user_functions"))
        .Index("function_deployments", "function_id", "created_at")
        .Index("function_deployments", ["function_id"], unique: true, filter: "status IN ('queued', 'packaging', 'probing', 'switching')", name: "ix_function_deployments_live");

    private static SchemaWriter Invocations(SchemaWriter schema) => schema
        .Table("function_invocations", t => t
            .Guid("id", "organization_id", "project_id", "function_id").Int("version_number").Guid("deployment_id?").Text("trigger", "status").Long("duration_ms", "init_duration_ms?", "queue_ms")
            .Bool("cold_start").Int("memory_used_mb", "memory_mb").Long("cpu_ms", "request_bytes", "response_bytes").Json("error?").Text("fingerprint?").Json("logs")
            .Guid("caller_id?", "worker_id?").Time("started_at", "finished_at", "created_at")
            .Key("id").Reference("project_id", "projects"))
        .Index("function_invocations", "project_id")
        .Index("function_invocations", "function_id", "created_at")
        .Index("function_invocations", "created_at");
}
