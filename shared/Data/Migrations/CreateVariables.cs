using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Data.Migrations;

[DbContext(typeof(PlatformDbContext))]
[Migration("20260101001700_CreateVariables")]
public sealed class CreateVariables : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => new SchemaWriter(migrationBuilder)
        .Table("variables", t => t
            .Guid("id", "organization_id", "project_id").Text("audience").Int("targets").Text("key", "type", "value?", "description?")
            .Guid("content_id?").Text("file_name?", "mime_type?").Long("file_size?").Guid("created_by?").Time("created_at", "updated_at").Long("version")
            .Key("id").Reference("project_id", "projects"))
        .Index("variables", "project_id")
        .Unique("variables", "content_id")
        .Index("variables", ["project_id", "key"], unique: true, filter: "audience = 'tests'", name: "ix_variables_tests")
        .Index("variables", ["project_id", "key"], unique: true, filter: "audience = 'runtime' AND (targets & 1) <> 0", name: "ix_variables_production")
        .Index("variables", ["project_id", "key"], unique: true, filter: "audience = 'runtime' AND (targets & 2) <> 0", name: "ix_variables_preview")
        .Index("variables", ["project_id", "key"], unique: true, filter: "audience = 'runtime' AND (targets & 4) <> 0", name: "ix_variables_development");
}
