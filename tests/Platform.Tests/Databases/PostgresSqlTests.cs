using System.Text.Json;

namespace Platform.Tests.Databases;

/// <summary>SQL, parameters, values and the catalogue of the engine <c>postgresql</c>.</summary>
[Collection(ManagedPostgres.Collection)]
public sealed class PostgresSqlTests(ManagedPostgres server)
{
    [Theory]
    [InlineData("1", "integer", "1")]
    [InlineData("9007199254740992::bigint", "bigint", "9007199254740992")]
    [InlineData("9007199254740993::bigint", "bigint", "\"9007199254740993\"")]
    [InlineData("1.50", "numeric", "\"1.50\"")]
    [InlineData("0.1::real", "real", "0.1")]
    [InlineData("1e300::float8", "double precision", "1e+300")]
    [InlineData("'NaN'::float8", "double precision", "\"NaN\"")]
    [InlineData("'-Infinity'::real", "real", "\"-Infinity\"")]
    [InlineData("true", "boolean", "true")]
    [InlineData("NULL::text", "text", "null")]
    [InlineData("'a\"b'", "text", "\"a\\\"b\"")]
    [InlineData("'\\x00ff'::bytea", "bytea", "{\"$base64\":\"AP8=\"}")]
    [InlineData("'{\"a\": [1, null]}'::json", "json", "{\"a\": [1, null]}")]
    [InlineData("'{\"a\":1}'::jsonb", "jsonb", "{\"a\": 1}")]
    [InlineData("'2025-01-31 10:00:00+02'::timestamptz", "timestamptz", "\"2025-01-31T08:00:00Z\"")]
    [InlineData("'2025-01-31 10:00:00.5'::timestamp", "timestamp", "\"2025-01-31T10:00:00.5\"")]
    [InlineData("'2025-01-31'::date", "date", "\"2025-01-31\"")]
    [InlineData("'infinity'::timestamptz", "timestamptz", "\"infinity\"")]
    [InlineData("'00000000-0000-0000-0000-000000000001'::uuid", "uuid", "\"00000000-0000-0000-0000-000000000001\"")]
    [InlineData("ARRAY[1, NULL, 3]", "integer[]", "[1,null,3]")]
    [InlineData("ARRAY[['a', 'NULL'], ['b,\"c', '']]", "text[]", "[[\"a\",\"NULL\"],[\"b,\\\"c\",\"\"]]")]
    [InlineData("'[0:1]={5,6}'::int[]", "integer[]", "[5,6]")]
    [InlineData("'{}'::int[]", "integer[]", "[]")]
    [InlineData("'good'::mood", "mood", "\"good\"")]
    [InlineData("ARRAY['good']::mood[]", "mood[]", "[\"good\"]")]
    [InlineData("5::positive", "integer", "5")]
    public async Task Value_IsWrittenAsTheContractSays(string expression, string type, string expected)
    {
        var tenant = await TypesAsync();

        var answer = (await tenant.Client.QueryAsync(tenant.Id, new { sql = $"SELECT {expression} AS v", rowFormat = "arrays" })).Ok().Data;

        Assert.Equal((type, $"[[{expected}]]"), (answer.GetProperty("columns")[0].GetProperty("type").GetString(), answer.GetProperty("rows").GetRawText()));
    }

    [Fact]
    public async Task Query_TellsWhatItDid()
    {
        var tenant = await server.StartAsync("CREATE TABLE t (id int PRIMARY KEY, v text)");

        var inserted = (await tenant.Client.QueryAsync(tenant.Id, new { sql = "INSERT INTO t VALUES ($1, $2), ($3, $2) RETURNING id, v, id", @params = new object?[] { 1, null, "2" } })).Ok().Data;
        Assert.Equal(("INSERT", 2, 2, false), (Text(inserted, "command"), Number(inserted, "affectedRows"), Number(inserted, "rowCount"), inserted.GetProperty("readOnly").GetBoolean()));
        Assert.Equal("""[{"id":1,"v":null,"id_2":1},{"id":2,"v":null,"id_2":2}]""", inserted.GetProperty("rows").GetRawText());

        var several = (await tenant.SqlAsync("UPDATE t SET v = 'x;y'; -- done; really\n SELECT $$;$$ AS semicolon, count(*) FROM t WHERE v = 'x;y'; ")).Ok().Data;
        Assert.Equal((2, "SELECT", """[{"semicolon":";","count":2}]"""), (several.GetProperty("results").GetArrayLength(), Text(several, "command"), several.GetProperty("rows").GetRawText()));
        Assert.Equal(2, Number(several.GetProperty("results")[0], "affectedRows"));

        var noticed = (await tenant.SqlAsync("DO $$ BEGIN RAISE NOTICE 'hello'; END $$")).Ok().Data;
        Assert.Equal("""["hello"]""", noticed.GetProperty("notices").GetRawText());
        Assert.Equal((400, "sql_error"), (await tenant.SqlAsync("INSERT INTO t VALUES (3); INSERT INTO t VALUES (1)")).Refusal);
        Assert.Equal("2", await tenant.ValueAsync("SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task Result_LargerThanWanted_IsCut()
    {
        var tenant = await server.StartAsync();

        foreach (var readOnly in new[] { true, false })
        {
            var many = (await tenant.Client.QueryAsync(tenant.Id, new { sql = "SELECT i FROM generate_series(1, 3000000) i", maxRows = 3, rowFormat = "arrays", readOnly })).Ok().Data;
            Assert.Equal((3, true, "[[1],[2],[3]]"), (Number(many, "rowCount"), many.GetProperty("truncated").GetBoolean(), many.GetProperty("rows").GetRawText()));
            var large = (await tenant.Client.QueryAsync(tenant.Id, new { sql = "SELECT i, repeat('x', 6000000) FROM generate_series(1, 3) i", readOnly })).Ok().Data;
            Assert.Equal((1, true), (Number(large, "rowCount"), large.GetProperty("truncated").GetBoolean()));
            var huge = (await tenant.Client.QueryAsync(tenant.Id, new { sql = "SELECT 1 AS a, repeat('x', 50000000) AS b", readOnly })).Ok().Data;
            Assert.Equal((0, true), (Number(huge, "rowCount"), huge.GetProperty("truncated").GetBoolean()));
        }

        var exact = (await tenant.Client.QueryAsync(tenant.Id, new { sql = "SELECT 1", maxRows = 1 })).Ok().Data;
        Assert.False(exact.GetProperty("truncated").GetBoolean());
    }

    [Theory]
    [InlineData("SELECT $1::int + $2", "[1,2]", "3")]
    [InlineData("SELECT ?::int + ?", "[1,2]", "3")]
    [InlineData("SELECT '?' || ?", "[\"a\"]", "?a")]
    [InlineData("SELECT '{\"a\":1}'::jsonb ? $1", "[\"a\"]", "true")]
    [InlineData("SELECT :a::int + @b + :a", "{\"a\":1,\"b\":2}", "4")]
    [InlineData("SELECT array_length($1::int[], 1)", "[[4,5,6]]", "3")]
    [InlineData("SELECT ($1::text[])[1]", "[[\"a,\\\"b\"]]", "a,\"b")]
    [InlineData("VALUES ($1::int + 1)", "[1]", "2")]
    [InlineData("SELECT $1::jsonb ->> 'x'", "[{\"x\":\"y\"}]", "y")]
    [InlineData("SELECT $1::bool", "[true]", "true")]
    [InlineData("SELECT coalesce($1, 'none')", "[null]", "none")]
    [InlineData("SELECT $1", "[\"'; DROP TABLE t; --\"]", "'; DROP TABLE t; --")]
    public async Task Parameters_AreBoundAndNeverSpliced(string sql, string parameters, string expected)
    {
        var tenant = await TypesAsync();

        var answer = (await tenant.Client.QueryAsync(tenant.Id, Json($$"""{"sql":{{JsonSerializer.Serialize(sql)}},"params":{{parameters}},"rowFormat":"arrays"}"""))).Ok().Data;

        Assert.Equal(expected, answer.GetProperty("rows")[0][0].ValueKind is JsonValueKind.True ? "true" : answer.GetProperty("rows")[0][0].ToString());
    }

    [Theory]
    [InlineData("SELECT $1::int", "[]", "parameter_mismatch")]
    [InlineData("SELECT $1::int, $2::int", "[1]", "parameter_mismatch")]
    [InlineData("SELECT $1::int", "[1,2]", "parameter_mismatch")]
    [InlineData("SELECT :a::int", "{\"b\":1}", "parameter_mismatch")]
    [InlineData("SELECT :a::int", "{\"a\":1,\"b\":1}", "parameter_mismatch")]
    [InlineData("SELECT ?::int, ?::int", "[1]", "parameter_mismatch")]
    [InlineData("SELECT 1; SELECT $1::int", "[1]", "multiple_statements")]
    [InlineData("SELECT $1::int", "[\"x\"]", "sql_error")]
    [InlineData("", "[]", "sql_error")]
    [InlineData(" -- nothing", "[]", "sql_error")]
    public async Task Parameters_ThatDoNotFit_AreRefused(string sql, string parameters, string code)
    {
        var tenant = await TypesAsync();

        var answer = await tenant.Client.QueryAsync(tenant.Id, Json($$"""{"sql":{{JsonSerializer.Serialize(sql.Length == 0 ? ";" : sql)}},"params":{{parameters}}}"""));

        Assert.Equal((400, code), answer.Refusal);
    }

    [Fact]
    public async Task Error_TellsStatePositionAndHint()
    {
        var tenant = await server.StartAsync("CREATE TABLE t (name text)");

        var refused = await tenant.SqlAsync("SELECT 1;\nSELECT nam FROM t");

        Assert.Equal((400, "sql_error", "column \"nam\" does not exist"), ((int)refused.Status, refused.Code, refused.Error));
        var problem = refused.Body.GetProperty("details")[0];
        Assert.Equal(("42703", 18, 2), (Text(problem, "sqlState"), Number(problem, "position"), Number(problem, "line")));
        Assert.Contains("t.name", Text(problem, "hint"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StatementOutsideOfATransaction_RunsAloneWhenToldSo()
    {
        var tenant = await server.StartAsync("CREATE TABLE t (id int)");

        var refused = await tenant.SqlAsync("VACUUM t");
        Assert.Equal((400, "sql_error"), refused.Refusal);
        Assert.Contains("transaction:false", Text(refused.Body.GetProperty("details")[0], "hint"), StringComparison.Ordinal);
        foreach (var sql in new[] { "VACUUM t", "CREATE INDEX CONCURRENTLY i ON t (id)" })
            (await tenant.Client.QueryAsync(tenant.Id, new { sql, transaction = false })).Ok();
        Assert.Equal((400, "multiple_statements"), (await tenant.Client.QueryAsync(tenant.Id, new { sql = "VACUUM t; SELECT 1", transaction = false })).Refusal);
    }

    [Fact]
    public async Task Tables_AreListedAndDescribed()
    {
        var tenant = await server.StartAsync("""
            CREATE SCHEMA other;
            CREATE TABLE parent (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code varchar(10) UNIQUE NOT NULL);
            CREATE TABLE other."Odd ""Name" (a int REFERENCES public.parent ON DELETE CASCADE, b text DEFAULT 'x' CHECK (length(b) < 10), c int GENERATED ALWAYS AS (a * 2) STORED);
            CREATE INDEX odd ON other."Odd ""Name" (lower(b), a) WHERE a > 1;
            CREATE VIEW seen AS SELECT code FROM parent;
            CREATE MATERIALIZED VIEW kept AS SELECT code FROM parent;
            COMMENT ON TABLE parent IS 'of all';
            INSERT INTO parent (code) VALUES ('a'), ('b');
            """);
        var client = tenant.Client;

        var all = (await client.TablesAsync(tenant.Id)).Ok();
        Assert.Equal(["other.Odd \"Name table 0", "public.kept materialized_view 0", "public.parent table 2", "public.seen view "],
            all.Data.EnumerateArray().Select(row => $"{Text(row, "schema")}.{Text(row, "name")} {Text(row, "type")} {row.GetProperty("rowCount")}"));
        Assert.Equal("of all", Text(all.Data[2], "comment"));
        Assert.Equal(1, (await client.TablesAsync(tenant.Id, "?schema=other&limit=1")).Ok().Body.GetProperty("total").GetInt32());
        Assert.Equal(1, (await client.TablesAsync(tenant.Id, "?type=view&search=SEE")).Ok().Body.GetProperty("total").GetInt32());

        var parent = (await client.TableAsync(tenant.Id, "parent", "?preview=1")).Ok().Data;
        Assert.Equal("""["id"]""", parent.GetProperty("primaryKey").GetRawText());
        Assert.Equal("""[{"id":1,"code":"a"}]""", parent.GetProperty("preview").GetRawText());
        Assert.Equal(("character varying(10)", true, false), (Text(parent.GetProperty("columns")[1], "type"), parent.GetProperty("columns")[1].GetProperty("unique").GetBoolean(), parent.GetProperty("columns")[1].GetProperty("nullable").GetBoolean()));
        Assert.True(parent.GetProperty("columns")[0].GetProperty("autoIncrement").GetBoolean());
        Assert.Equal("other.Odd \"Name", Text(parent.GetProperty("referencedBy")[0], "table"));

        foreach (var (name, query) in new[] { ("other.Odd \"Name", ""), ("Odd \"Name", "?schema=other") })
        {
            var odd = (await client.TableAsync(tenant.Id, name, query)).Ok().Data;
            Assert.Equal("""[{"name":"odd","columns":[null,"a"],"unique":false,"method":"btree","predicate":"(a > 1)"}]""", odd.GetProperty("indexes").GetRawText());
            var key = odd.GetProperty("foreignKeys")[0];
            Assert.Equal(("public.parent", "cascade", "no_action", """["id"]"""), (Text(key, "referencedTable"), Text(key, "onDelete"), Text(key, "onUpdate"), key.GetProperty("referencedColumns").GetRawText()));
            Assert.Equal("""["(length(b) < 10)"]""", odd.GetProperty("checks").GetRawText());
            Assert.Equal((3, true), (Number(odd.GetProperty("columns")[2], "ordinal"), odd.GetProperty("columns")[2].GetProperty("generated").GetBoolean()));
        }

        Assert.Contains("SELECT", Text((await client.TableAsync(tenant.Id, "seen")).Ok().Data, "definition"), StringComparison.Ordinal);
        foreach (var name in new[] { "nowhere", "pg_class", "pg_catalog.pg_class", "parent; DROP TABLE parent", "other.parent" })
            Assert.Equal((404, "not_found"), (await client.TableAsync(tenant.Id, name)).Refusal);
    }

    private static readonly SemaphoreSlim Gate = new(1, 1);
    private static Tenant? _types;

    // One for all of the theories.
    private async Task<Tenant> TypesAsync()
    {
        await Gate.WaitAsync();
        try
        {
            return _types ??= await server.StartAsync("CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE DOMAIN positive AS int CHECK (value > 0)");
        }
        finally
        {
            Gate.Release();
        }
    }

    private static StringContent Json(string body) => new(body, System.Text.Encoding.UTF8, "application/json");

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();
}
