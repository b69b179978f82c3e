namespace Platform.Databases;

/// <summary>Questions to the server's catalogue, answered as JSON. They run as the reading role with the server's own schema first.</summary>
internal static class PostgresCatalogSql
{
    private const string Entry = """
        SELECT c.oid::text AS id, c.relname AS name, n.nspname AS schema, c.relkind AS kind, c.reltuples AS estimate,
               (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS "columnCount",
               CASE WHEN c.relkind <> 'v' THEN pg_total_relation_size(c.oid) END AS "sizeBytes", obj_description(c.oid, 'pg_class') AS comment,
               has_table_privilege(c.oid, 'SELECT') AND has_schema_privilege(n.oid, 'USAGE') AS readable
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        """;

    /// <summary>Bytes of the database and how many tables it has, as one row of two columns.</summary>
    public const string Measure = """
        SELECT pg_catalog.pg_database_size(pg_catalog.current_database()),
               (SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
                WHERE c.relkind IN ('r', 'p', 'f') AND n.nspname OPERATOR(pg_catalog.!~) '^pg_' AND n.nspname OPERATOR(pg_catalog.<>) 'information_schema')
        """;

    /// <summary>$1 schema, $2 part of the name, $3 kinds, $4 limit, $5 offset; null filters nothing.</summary>
    public const string List = $$"""
        WITH entry AS ({{Entry}} AND ($1::text IS NULL OR n.nspname = $1) AND ($2::text IS NULL OR position(lower($2) IN lower(c.relname)) > 0) AND ($3::text IS NULL OR position(c.relkind::text IN $3) > 0))
        SELECT json_build_object(
            'total', (SELECT count(*) FROM entry),
            'items', (SELECT coalesce(json_agg(e), '[]') FROM (SELECT * FROM entry ORDER BY schema, name LIMIT $4::bigint OFFSET $5::bigint) e))::text
        """;

    /// <summary>$1 schema, $2 name; no row when there is none.</summary>
    public const string Find = $$"""SELECT row_to_json(e)::text FROM ({{Entry}} AND n.nspname = $1 AND c.relname = $2) e""";

    /// <summary>$1 id of a type.</summary>
    public const string Types = """
        SELECT coalesce(json_agg(json_build_object('id', t.oid::bigint, 'name', format_type(t.oid, NULL), 'element', CASE WHEN t.typcategory = 'A' THEN t.typelem::bigint ELSE 0 END)), '[]')::text
        FROM pg_type t WHERE t.oid::bigint = ANY ($1::bigint[])
        """;

    private const string Action = """json_build_object('a', 'no_action', 'r', 'restrict', 'c', 'cascade', 'n', 'set_null', 'd', 'set_default')""";

    /// <summary>$1 id of a table or view.</summary>
    public const string Describe = $$"""
        SELECT json_build_object(
            'columns', (
                SELECT coalesce(json_agg(json_build_object(
                    'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'nullable', NOT a.attnotnull,
                    'default', CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END,
                    'primaryKey', coalesce(a.attnum = ANY (k.indkey::int2[]), false),
                    'unique', EXISTS (SELECT FROM pg_index u WHERE u.indrelid = a.attrelid AND u.indisunique AND u.indpred IS NULL AND u.indnkeyatts = 1 AND u.indkey[0] = a.attnum),
                    'autoIncrement', a.attidentity <> '' OR coalesce(pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%', false),
                    'generated', a.attgenerated <> '', 'comment', col_description(a.attrelid, a.attnum)) ORDER BY a.attnum), '[]')
                FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum LEFT JOIN pg_index k ON k.indrelid = a.attrelid AND k.indisprimary
                WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped),
            'primaryKey', (
                SELECT coalesce(json_agg(a.attname ORDER BY p.place), '[]')
                FROM pg_index i, unnest(i.indkey::int2[]) WITH ORDINALITY p(number, place), pg_attribute a
                WHERE i.indrelid = t.oid AND i.indisprimary AND p.place <= i.indnkeyatts AND a.attrelid = t.oid AND a.attnum = p.number),
            'indexes', (
                SELECT coalesce(json_agg(json_build_object(
                    'name', x.relname, 'unique', i.indisunique, 'method', m.amname, 'predicate', pg_get_expr(i.indpred, i.indrelid),
                    'columns', (SELECT json_agg(a.attname ORDER BY p.place) FROM unnest(i.indkey::int2[]) WITH ORDINALITY p(number, place)
                                LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = p.number AND p.number > 0 WHERE p.place <= i.indnkeyatts)) ORDER BY x.relname), '[]')
                FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam WHERE i.indrelid = t.oid),
            'foreignKeys', (
                SELECT coalesce(json_agg(json_build_object(
                    'name', c.conname,
                    'columns', (SELECT json_agg(a.attname ORDER BY p.place) FROM unnest(c.conkey) WITH ORDINALITY p(number, place) JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = p.number),
                    'referencedTable', CASE WHEN r.relnamespace = t.relnamespace THEN r.relname::text ELSE s.nspname || '.' || r.relname END,
                    'referencedColumns', (SELECT json_agg(a.attname ORDER BY p.place) FROM unnest(c.confkey) WITH ORDINALITY p(number, place) JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = p.number),
                    'onDelete', {{Action}} ->> c.confdeltype::text, 'onUpdate', {{Action}} ->> c.confupdtype::text) ORDER BY c.conname), '[]')
                FROM pg_constraint c JOIN pg_class r ON r.oid = c.confrelid JOIN pg_namespace s ON s.oid = r.relnamespace WHERE c.conrelid = t.oid AND c.contype = 'f'),
            'referencedBy', (
                SELECT coalesce(json_agg(json_build_object(
                    'table', CASE WHEN r.relnamespace = t.relnamespace THEN r.relname::text ELSE s.nspname || '.' || r.relname END,
                    'columns', (SELECT json_agg(a.attname ORDER BY p.place) FROM unnest(c.conkey) WITH ORDINALITY p(number, place) JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = p.number),
                    'referencedColumns', (SELECT json_agg(a.attname ORDER BY p.place) FROM unnest(c.confkey) WITH ORDINALITY p(number, place) JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = p.number),
                    'onDelete', {{Action}} ->> c.confdeltype::text, 'onUpdate', {{Action}} ->> c.confupdtype::text) ORDER BY r.relname, c.conname), '[]')
                FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid JOIN pg_namespace s ON s.oid = r.relnamespace WHERE c.confrelid = t.oid AND c.contype = 'f'),
            'checks', (SELECT coalesce(json_agg(pg_get_expr(c.conbin, c.conrelid) ORDER BY c.conname), '[]') FROM pg_constraint c WHERE c.conrelid = t.oid AND c.contype = 'c'),
            'definition', CASE WHEN t.relkind IN ('v', 'm') THEN pg_get_viewdef(t.oid, true) END)::text
        FROM pg_class t WHERE t.oid = $1::oid
        """;
}
