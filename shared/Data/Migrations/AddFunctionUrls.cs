using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

/// <summary>URLs of functions, and domains that lead to functions.</summary>
[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001985_AddFunctionUrls")]
public sealed class AddFunctionUrls : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder)
        .AddColumns("user_functions", t => t.Text("url_access?", "url_key_hash?", "url_key_preview?"))
        .AddColumns("domains", t => t.Guid("target_function_id?"))
        .Index("domains", "target_function_id");
}
