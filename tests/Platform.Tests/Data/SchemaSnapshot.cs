using System.Data.Common;

using Microsoft.EntityFrameworkCore;

using Platform.Data;

namespace Platform.Tests.Data;

/// <summary>What the database's own catalogue says of the schema, one line per column, key, reference and index.</summary>
internal static class SchemaSnapshot
{
    private const string Postgres = """
        SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' null=' || is_nullable || ' identity=' || is_identity || ' default=' || coalesce(column_default, '-')
        FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL
        SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'u', 'f', 'c')
        UNION ALL
        SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
        """;

    private const string Sqlite = """
        SELECT 'column ' || m.name || '.' || c.name || ' ' || c.type || ' notnull=' || c."notnull" || ' pk=' || c.pk || ' default=' || coalesce(c.dflt_value, '-')
        FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'
        UNION ALL
        SELECT 'reference ' || m.name || '.' || f."from" || ' ' || f."table" || '.' || coalesce(f."to", '') || ' ' || f.on_delete
        FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'
        UNION ALL
        SELECT 'index ' || m.name || ' ' || l.name || ' unique=' || l."unique" || ' ' || (SELECT group_concat(x.name || iif(x."desc", ' desc', ''), ',') FROM pragma_index_xinfo(l.name) x WHERE x.key = 1)
            || ' ' || coalesce(substr(i.sql, instr(i.sql, ' WHERE ')), '')
        FROM sqlite_master m JOIN pragma_index_list(m.name) l LEFT JOIN sqlite_master i ON i.name = l.name WHERE m.type = 'table'
        UNION ALL
        SELECT 'autoincrement ' || name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'
        """;

    public static async Task<IReadOnlyList<string>> ReadAsync(PlatformDbContext db)
    {
        List<string> lines = [];
        await db.Database.OpenConnectionAsync();
        await using DbCommand command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = db.Database.IsSqlite() ? Sqlite : Postgres;
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var line = reader.GetString(0);
            if (!line.Contains("__EFMigrations", StringComparison.Ordinal))
                lines.Add(line);
        }

        lines.Sort(StringComparer.Ordinal);
        return lines;
    }
}
