using System.Net;
using System.Text.Json;

using Platform.Tests.Executions;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Databases;

/// <summary>What queries answer.</summary>
public abstract class SqlTests(PlatformApp app)
{
    [Fact]
    public async Task Query_ThatReads_AnswersColumnsRowsAndFigures()
    {
        var (client, id) = await StartAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, name TEXT, meta JSON, data BLOB); INSERT INTO t VALUES (1, 'ä\"', '{\"a\":[1]}', x'00ff'), (2, NULL, 'no json', NULL)");

        var data = (await client.QueryAsync(id, new { sql = "SELECT id, name, meta, data, id + 0.5, id FROM t ORDER BY id" })).Ok().Data;

        Assert.Equal(
            """[{"name":"id","type":"bigint"},{"name":"name","type":"text"},{"name":"meta","type":"json"},{"name":"data","type":"blob"},{"name":"id + 0.5","type":"real"},{"name":"id_2","type":"bigint"}]""",
            data.GetProperty("columns").ToString());
        Assert.Equal(
            """[{"id":1,"name":"ä\"","meta":{"a":[1]},"data":{"$base64":"AP8="},"id + 0.5":1.5,"id_2":1},{"id":2,"name":null,"meta":"no json","data":null,"id + 0.5":2.5,"id_2":2}]""",
            data.GetProperty("rows").ToString());
        Assert.Equal(
            (2, JsonValueKind.Null, false, "SELECT", false, "[]", "[]"),
            (data.GetProperty("rowCount").GetInt32(), data.GetProperty("affectedRows").ValueKind, data.GetProperty("truncated").GetBoolean(), data.GetProperty("command").GetString(),
                data.GetProperty("readOnly").GetBoolean(), data.GetProperty("notices").ToString(), data.GetProperty("results").ToString()));
        Assert.Equal("""[[1],[2]]""", Rows(await client.QueryAsync(id, new { query = "SELECT id FROM t", rowFormat = "arrays", readOnly = true })));
    }

    [Theory]
    [InlineData("SELECT 9007199254740992", "9007199254740992")]
    [InlineData("SELECT 9007199254740993", "\"9007199254740993\"")]
    [InlineData("SELECT -9223372036854775808", "\"-9223372036854775808\"")]
    [InlineData("SELECT 9e999", "\"Infinity\"")]
    [InlineData("SELECT -9e999", "\"-Infinity\"")]
    [InlineData("SELECT 0.1", "0.1")]
    [InlineData("SELECT CAST(x'ff41' AS TEXT)", "\"\uFFFDA\"")]
    [InlineData("SELECT 'a' || char(0) || 'b'", "\"a\\u0000b\"")]
    [InlineData("SELECT NULL", "null")]
    [InlineData(" /* c */ -- d\n WITH x(y) AS (VALUES (7)) SELECT y FROM x; -- end", "7")]
    public async Task Values_OfEveryKind_AreWrittenAsTheContractSays(string sql, string expected)
    {
        var (client, id) = await StartAsync();
        var answer = (await client.QueryAsync(id, new { sql, rowFormat = "arrays" })).Ok();
        Assert.Equal(expected, answer.Data.GetProperty("rows")[0][0].GetRawText());
        Assert.Equal("SELECT", answer.Data.GetProperty("command").GetString());
    }

    [Theory]
    [InlineData("SELECT ?, ?", "[1,\"x\"]", "[1,\"x\"]")]
    [InlineData("SELECT $2, $1, $2", "[1,2]", "[2,1,2]")]
    [InlineData("SELECT ?2, ?1", "[1,2]", "[2,1]")]
    [InlineData("SELECT :a, @b, $c, :a", """{"a":true,"b":null,"c":1.5}""", "[1,null,1.5,1]")]
    [InlineData("SELECT ?", """[{"k":[1]}]""", """["{\u0022k\u0022:[1]}"]""")]
    [InlineData("SELECT typeof(?), typeof(?), typeof(?)", """[9223372036854775807,1e3,"'; DROP TABLE t; --"]""", """["integer","real","text"]""")]
    [InlineData("SELECT value FROM json_each(?)", "[[5]]", "[5]")]
    public async Task Parameters_OfEveryForm_AreBound(string sql, string given, string expected)
    {
        var (client, id) = await StartAsync();
        var rows = (await client.QueryAsync(id, new { sql, @params = JsonElement.Parse(given), rowFormat = "arrays" })).Ok().Data.GetProperty("rows");
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse($"[{expected}]"), rows), rows.ToString());
    }

    [Theory]
    [InlineData("SELECT ?", null)]
    [InlineData("SELECT ?", "[]")]
    [InlineData("SELECT ?", "[1,2]")]
    [InlineData("SELECT $2", "[1]")]
    [InlineData("SELECT :a", "[1]")]
    [InlineData("SELECT ?", """{"a":1}""")]
    [InlineData("SELECT :a", """{"b":1}""")]
    [InlineData("SELECT :a", """{"a":1,"b":1}""")]
    [InlineData("SELECT ?", "[9223372036854775808]")]
    [InlineData("SELECT ?", "[1e999]")]
    public async Task Parameters_ThatDoNotFit_AreRefused(string sql, string? given)
    {
        var (client, id) = await StartAsync();
        Assert.Equal((400, "parameter_mismatch"), (await client.QueryAsync(id, given is null ? new { sql } : new { sql, @params = JsonElement.Parse(given) })).Refusal);
    }

    [Fact]
    public async Task Rows_OverTheLimit_AreCutOff()
    {
        var (client, id) = await StartAsync();
        const string many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20000) SELECT i FROM n";

        Assert.Equal((1000, true), Figures(await client.SqlAsync(id, many)));
        Assert.Equal((10_000, true), Figures(await client.QueryAsync(id, new { sql = many, maxRows = 10_000 })));
        Assert.Equal((3, false), Figures(await client.QueryAsync(id, new { sql = "VALUES (1), (2), (3)", maxRows = 3 })));
        var wide = await client.QueryAsync(id, new { sql = "SELECT hex(zeroblob(400000)) FROM (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14), (15))" });
        Assert.Equal((13, true), Figures(wide));
        Assert.Equal((0, true), Figures(await client.SqlAsync(id, "SELECT zeroblob(12000000)")));
        foreach (var maxRows in new[] { 0, 10_001 })
            Assert.Equal((400, "validation_failed"), (await client.QueryAsync(id, new { sql = "SELECT 1", maxRows })).Refusal);
    }

    [Fact]
    public async Task Script_OfSeveralStatements_IsAllOrNothing()
    {
        var (client, id) = await StartAsync();

        var data = (await client.SqlAsync(id, "CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (2); SELECT count(*) AS n FROM t;")).Ok().Data;

        Assert.Equal(["CREATE", "INSERT", "SELECT"], data.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("command").GetString()));
        Assert.Equal(("""[{"n":2}]""", 2), (data.GetProperty("rows").ToString(), data.GetProperty("results")[1].GetProperty("affectedRows").GetInt32()));
        var failed = await client.SqlAsync(id, "INSERT INTO t VALUES (3); INSERT INTO t VALUES (1)");
        Assert.Equal((400, "sql_error"), failed.Refusal);
        Assert.Equal("SQLITE_CONSTRAINT", failed.Body.GetProperty("details")[0].GetProperty("sqlState").GetString());
        Assert.Equal("2", await client.ValueAsync(id, "SELECT count(*) FROM t"));
        Assert.Equal((400, "multiple_statements"), (await client.QueryAsync(id, new { sql = "SELECT 1; SELECT 2", readOnly = true })).Refusal);
        Assert.Equal((400, "multiple_statements"), (await client.QueryAsync(id, new { sql = "SELECT ?; SELECT 2", @params = new[] { 1 } })).Refusal);
        Assert.Equal((400, "multiple_statements"), (await client.QueryAsync(id, new { sql = "SELECT 1; SELECT 2", transaction = false })).Refusal);
        (await client.SqlAsync(id, string.Concat(Enumerable.Repeat("SELECT 1;", 100)))).Ok();
        Assert.Equal((400, "multiple_statements"), (await client.SqlAsync(id, string.Concat(Enumerable.Repeat("SELECT 1;", 101)))).Refusal);
    }

    [Fact]
    public async Task Writing_TellsWhatItChanged()
    {
        var (client, id) = await StartAsync("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)");

        var inserted = (await client.QueryAsync(id, new { sql = "INSERT INTO t (v) VALUES (?), (?) RETURNING id", @params = new[] { "a", "b" }, rowFormat = "arrays" })).Ok().Data;
        Assert.Equal(("[[1],[2]]", 2), (inserted.GetProperty("rows").ToString(), inserted.GetProperty("affectedRows").GetInt32()));
        var cut = (await client.QueryAsync(id, new { sql = "UPDATE t SET v = 'c' RETURNING id", maxRows = 1 })).Ok().Data;
        Assert.Equal((1, true, 2), (cut.GetProperty("rowCount").GetInt32(), cut.GetProperty("truncated").GetBoolean(), cut.GetProperty("affectedRows").GetInt32()));
        Assert.Equal("2", await client.ValueAsync(id, "SELECT count(*) FROM t WHERE v = 'c'"));
        Assert.Equal(1, (await client.SqlAsync(id, "DELETE FROM t WHERE id = 2")).Ok().Data.GetProperty("affectedRows").GetInt32());
        (await client.SqlAsync(id, "CREATE VIRTUAL TABLE texts USING fts5(body); INSERT INTO texts VALUES ('find me')")).Ok();
        Assert.Equal("find me", await client.ValueAsync(id, "SELECT body FROM texts WHERE texts MATCH 'find'"));
        Assert.Equal((400, "sql_error"), (await client.SqlAsync(id, "CREATE TABLE c (t REFERENCES t(id)); INSERT INTO c VALUES (99)")).Refusal);
        (await client.SqlAsync(id, "PRAGMA user_version = 5")).Ok();
        Assert.Equal("5", await client.ValueAsync(id, "PRAGMA user_version"));
    }

    [Fact]
    public async Task Vacuum_RunsAloneAndOutsideATransaction()
    {
        var (client, id) = await StartAsync("CREATE TABLE t (v); INSERT INTO t VALUES (randomblob(2000000)); DROP TABLE t; CREATE TABLE u (v)");

        var inside = await client.SqlAsync(id, "VACUUM");
        Assert.Equal((400, "sql_error"), inside.Refusal);
        Assert.Contains("transaction:false", inside.Body.GetProperty("details")[0].GetProperty("hint").GetString(), StringComparison.Ordinal);
        (await client.QueryAsync(id, new { sql = "VACUUM", transaction = false })).Ok();

        Assert.True((await client.GetAsync(id)).Ok().Data.GetProperty("sizeBytes").GetInt32() < 100_000);
    }

    [Theory]
    [InlineData("SELEC 1", "sql_error")]
    [InlineData("SELECT * FROM nowhere", "sql_error")]
    [InlineData(" -- nothing\n", "sql_error")]
    [InlineData(";;", "sql_error")]
    [InlineData("SELECT abs(-9223372036854775808)", "sql_error")]
    public async Task Sql_ThatIsWrong_Is400WithTheEnginesWords(string sql, string code)
    {
        var (client, id) = await StartAsync();
        var refused = await client.SqlAsync(id, sql);
        Assert.Equal((400, code), refused.Refusal);
        Assert.StartsWith("SQLITE_", refused.Body.GetProperty("details")[0].GetProperty("sqlState").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"sql":""}""")]
    [InlineData("""{"sql":1}""")]
    [InlineData("""{"sql":"SELECT 1","params":1}""")]
    [InlineData("""{"sql":"SELECT 1","timeoutMs":99}""")]
    [InlineData("""{"sql":"SELECT 1","rowFormat":"csv"}""")]
    public async Task Request_OfWrongForm_Is400(string body)
    {
        var (client, id) = await StartAsync();
        Assert.Equal((400, "validation_failed"), (await client.QueryAsync(id, new StringContent(body, System.Text.Encoding.UTF8, "application/json"))).Refusal);
    }

    private async Task<(DatabaseClient Client, Guid Id)> StartAsync(string? initSql = null)
    {
        var client = new DatabaseClient(await app.CreateUserAsync());
        return (client, await client.CreatedAsync("main", initSql));
    }

    private static (int Rows, bool Truncated) Figures(Answer answer) => (answer.Ok().Data.GetProperty("rowCount").GetInt32(), answer.Data.GetProperty("truncated").GetBoolean());

    private static string Rows(Answer answer) => answer.Ok().Data.GetProperty("rows").ToString();
}

public sealed class SqlOnSqliteTests(SqliteApp fixture) : SqlTests(fixture.App), IClassFixture<SqliteApp>;

public sealed class SqlOnPostgresTests(PostgresApp fixture) : SqlTests(fixture.App), IClassFixture<PostgresApp>;
