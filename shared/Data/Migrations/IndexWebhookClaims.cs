using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

/// <summary>Deliveries that run are counted without reading those that wait.</summary>
[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001975_IndexWebhookClaims")]
public sealed class IndexWebhookClaims : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder)
        .Index("webhook_deliveries", ["webhook_id", "claim_id"], unique: false, filter: "claim_id IS NOT NULL");
}
