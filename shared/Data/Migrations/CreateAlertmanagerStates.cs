using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

/// <summary>Alerts that Alertmanager has sent, and the lock under which they are received.</summary>
[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001831_CreateAlertmanagerStates")]
public sealed class CreateAlertmanagerStates : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder)
        .Table("alertmanager_states", t => t
            .Guid("id").Text("fingerprint").Time("starts_at").Text("status").Time("ends_at?", "first_received_at", "last_received_at").Int("count")
            .Json("labels", "annotations").Text("severity", "generator_url?", "receiver?", "group_key?").Guid("resolution_id?").Time("resolved_at?").Key("id"))
        .Unique("alertmanager_states", "fingerprint", "starts_at")
        .Index("alertmanager_states", "last_received_at")
        .Sql("INSERT INTO platform_locks (name, taken) VALUES ('alertmanager', 0)");
}
