using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

/// <summary>Alerts over metrics and the incidents that they open.</summary>
[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001901_CreateAlerts")]
public sealed class CreateAlerts : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder)
        .Table("alert_rules", t => t
            .Guid("id", "organization_id", "project_id").Text("name", "name_key", "description?", "severity", "expression").Int("for_seconds", "evaluation_interval_seconds")
            .Text("no_data_state").Json("notify_on").Int("renotify_minutes").Json("labels").Text("runbook_url?").Bool("enabled").Guid("created_by?").Time("created_at", "updated_at")
            .Text("state").Time("state_since", "pending_since?", "firing_since?", "last_evaluated_at?").Double("last_value?").Text("last_error?").Int("failures")
            .Time("muted_until?").Guid("muted_by?").Text("mute_reason?").Guid("incident_id?").Time("last_notified_at?", "next_evaluation_at").Int("version")
            .Key("id").Reference("project_id", "projects"))
        .Unique("alert_rules", "project_id", "name_key")
        .Index("alert_rules", ["next_evaluation_at"], unique: false, filter: "enabled")
        .Table("alert_incidents", t => t
            .Guid("id", "organization_id", "project_id", "alert_id").Time("opened_at").Double("value?").Text("expression").Bool("lost_data")
            .Time("closed_at?").Text("closed_by?", "reason?", "note?").Key("id").Reference("project_id", "projects"))
        .Index("alert_incidents", "project_id", "opened_at")
        .Index("alert_incidents", "alert_id")
        .Index("alert_incidents", "closed_at");
}
