using System.Diagnostics;
using System.Net;
using System.Runtime.Versioning;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Databases;
using Platform.Identity;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Databases;

/// <summary>What SQL cannot do, whoever sends it: write where it may only read, reach another file, run on, grow without end. The escapes of delivery.md §8.1.</summary>
public sealed class SqlEscapeTests(SqliteApp fixture) : IClassFixture<SqliteApp>
{
    private const string Endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

    private PlatformApp App => fixture.App;

    [Theory]
    [InlineData("INSERT INTO t VALUES (1)")]
    [InlineData("UPDATE t SET id = 2")]
    [InlineData("DELETE FROM t")]
    [InlineData("REPLACE INTO t VALUES (1)")]
    [InlineData("WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x")]
    [InlineData("INSERT INTO t VALUES (1) RETURNING id")]
    [InlineData("/* SELECT */ DELETE FROM t -- SELECT")]
    [InlineData("CREATE TABLE u (id)")]
    [InlineData("CREATE TEMP TABLE u (id)")]
    [InlineData("CREATE TABLE temp.u AS SELECT 1")]
    [InlineData("CREATE TEMP TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END")]
    [InlineData("CREATE TEMP VIEW w AS SELECT 1")]
    [InlineData("CREATE VIRTUAL TABLE f USING fts5(x)")]
    [InlineData("DROP TABLE t")]
    [InlineData("ALTER TABLE t ADD COLUMN x")]
    [InlineData("REINDEX")]
    [InlineData("ANALYZE")]
    [InlineData("VACUUM")]
    [InlineData("PRAGMA user_version = 7")]
    [InlineData("PRAGMA main.user_version = 7")]
    [InlineData("PRAGMA application_id = 7")]
    [InlineData("PRAGMA optimize")]
    [InlineData("PRAGMA query_only = 0")]
    [InlineData("PRAGMA writable_schema = 1")]
    [InlineData("PRAGMA query_only = 0; INSERT INTO t VALUES (1)")]
    [InlineData("SELECT 1; DELETE FROM t", "multiple_statements")]
    [InlineData("EXPLAIN DELETE FROM t")]
    [InlineData("ATTACH '' AS x")]
    [InlineData("ATTACH ':memory:' AS x")]
    [InlineData("VACUUM INTO '/tmp/platform-escape.db'")]
    [InlineData("BEGIN IMMEDIATE")]
    [InlineData("SAVEPOINT s")]
    public async Task ReadingQuery_CannotWrite(string sql, string code = "statement_not_allowed")
    {
        var (client, id) = await StartAsync();
        foreach (var transaction in new[] { true, false })
            Assert.Equal((400, code), (await client.QueryAsync(id, new { sql, readOnly = true, transaction })).Refusal);

        Assert.Equal("0", await client.ValueAsync(id, "SELECT (SELECT count(*) FROM t WHERE id <> 0) + (SELECT count(*) FROM sqlite_schema WHERE tbl_name <> 't') + (SELECT user_version FROM pragma_user_version)"));
    }

    [Theory]
    [InlineData("ATTACH '/etc/passwd' AS x")]
    [InlineData("ATTACH ':memory:' AS x")]
    [InlineData("ATTACH '' AS x")]
    [InlineData("ATTACH 'file:/tmp/x?mode=rwc' AS x")]
    [InlineData("ATTACH '/tm' || 'p/x.db' AS x")]
    [InlineData("ATTACH ? AS x")]
    [InlineData("VACUUM INTO '/tmp/platform-escape.db'")]
    [InlineData("VACUUM INTO '/tm' || 'p/platform-escape.db'")]
    [InlineData("VACUUM INTO ':memory:'")]
    [InlineData("/* */ VACUUM INTO '/tmp/platform-escape.db'")]
    [InlineData("VACUUM; ATTACH '' AS x")]
    [InlineData("VACUUM; BEGIN")]
    [InlineData("SELECT load_extension('/tmp/x.so')")]
    [InlineData("CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT load_extension('/tmp/x.so'); END; INSERT INTO t VALUES (5)")]
    [InlineData("CREATE TABLE g (a, b AS (load_extension(a)))")]
    [InlineData("SELECT fts3_tokenizer('x', x'00')")]
    [InlineData("SELECT readfile('/etc/passwd')", "sql_error")]
    [InlineData("SELECT writefile('/tmp/platform-escape.db', 'x')", "sql_error")]
    [InlineData("SELECT edit('x', 'sh')", "sql_error")]
    [InlineData("BEGIN")]
    [InlineData("BEGIN EXCLUSIVE")]
    [InlineData("COMMIT")]
    [InlineData("END")]
    [InlineData("ROLLBACK")]
    [InlineData("SAVEPOINT s")]
    [InlineData("RELEASE s")]
    [InlineData("INSERT INTO t VALUES (5); COMMIT; BEGIN; SELECT * FROM nowhere")]
    [InlineData("PRAGMA max_page_count = 1000000")]
    [InlineData("PRAGMA temp_store_directory = '/tmp'")]
    [InlineData("PRAGMA data_store_directory = '/tmp'")]
    [InlineData("PRAGMA journal_mode = OFF")]
    [InlineData("PRAGMA locking_mode = EXCLUSIVE")]
    [InlineData("PRAGMA writable_schema = ON")]
    [InlineData("PRAGMA trusted_schema = ON")]
    [InlineData("PRAGMA page_size = 65536")]
    [InlineData("PRAGMA encoding = 'UTF-16'")]
    [InlineData("PRAGMA cache_size = 1000000")]
    [InlineData("PRAGMA temp_store = MEMORY")]
    [InlineData("PRAGMA mmap_size = 1000000000")]
    [InlineData("PRAGMA wal_checkpoint(TRUNCATE)")]
    [InlineData("PRAGMA database_list")]
    [InlineData("PRAGMA busy_timeout = 100000000")]
    [InlineData("PRAGMA hard_heap_limit = 1")]
    [InlineData("PRAGMA optimize(-1)")]
    [InlineData("SELECT * FROM pragma_database_list")]
    [InlineData("CREATE VIEW w AS SELECT file FROM pragma_database_list; SELECT * FROM w", "sql_error")]
    [InlineData("UPDATE sqlite_schema SET sql = ''", "sql_error")]
    [InlineData("CREATE VIRTUAL TABLE f USING fts5(x); DELETE FROM f_data", "sql_error")]
    [InlineData("CREATE VIRTUAL TABLE v USING fts3tokenize('simple')")]
    [InlineData("CREATE VIRTUAL TABLE v USING sqlite_dbpage")]
    [InlineData("CREATE VIRTUAL TABLE v USING dbstat")]
    [InlineData("CREATE VIRTUAL TABLE v USING csv(filename='/etc/passwd')")]
    [InlineData("CREATE VIEW w AS SELECT load_extension('/tmp/x.so'); SELECT * FROM w", "sql_error")]
    public async Task WritingQuery_CannotLeaveItsDatabase(string sql, string code = "statement_not_allowed")
    {
        var (client, id) = await StartAsync();
        foreach (var transaction in new[] { true, false })
        {
            var refused = await client.QueryAsync(id, new { sql, transaction });
            var allowed = new List<string> { code, "multiple_statements" };
            if (transaction && sql.Contains("VACUUM", StringComparison.Ordinal))
                allowed.Add("sql_error"); // not within a transaction
            if (sql.Contains('?', StringComparison.Ordinal))
                allowed.Add("parameter_mismatch");
            Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
            Assert.True(allowed.Contains(refused.Code), refused.Body.ToString());
        }

        Assert.False(File.Exists("/tmp/platform-escape.db"));
        Assert.Equal("0", await client.ValueAsync(id, "SELECT count(*) FROM t WHERE id = 5"));
        Assert.Equal("4096", await client.ValueAsync(id, "PRAGMA page_size"));
    }

    [Theory]
    [InlineData("PRAGMA table_info(t)")]
    [InlineData("PRAGMA foreign_keys")]
    [InlineData("PRAGMA foreign_keys = ON")]
    [InlineData("PRAGMA integrity_check")]
    [InlineData("PRAGMA compile_options")]
    [InlineData("PRAGMA encoding")]
    [InlineData("EXPLAIN QUERY PLAN SELECT * FROM t")]
    [InlineData("SELECT * FROM pragma_table_list")]
    [InlineData("SELECT json_group_array(id) FROM t")]
    public async Task HarmlessSql_IsTakenInBothModes(string sql)
    {
        var (client, id) = await StartAsync();
        (await client.QueryAsync(id, new { sql, readOnly = true })).Ok();
        (await client.QueryAsync(id, new { sql })).Ok();
    }

    [Theory]
    [InlineData("SELECT randomblob(17000000)", "sql_error")]
    [InlineData("SELECT replace(hex(zeroblob(5000000)), '0', 'xx')", "sql_error")]
    [InlineData("SELECT ?1000", "sql_error")]
    public async Task Limits_OfValuesAndParameters_Hold(string sql, string code)
    {
        var (client, id) = await StartAsync();
        Assert.Equal((400, code), (await client.SqlAsync(id, sql)).Refusal);
    }

    [Fact]
    public async Task Limits_OfStatements_Hold()
    {
        var (client, id) = await StartAsync();
        Assert.Equal((400, "sql_error"), (await client.SqlAsync(id, $"SELECT {string.Join('+', Enumerable.Repeat('1', 300))}")).Refusal);
        Assert.Equal((400, "sql_error"), (await client.SqlAsync(id, string.Join(" UNION ALL ", Enumerable.Repeat("SELECT 1", 101)))).Refusal);
        Assert.Equal((400, "sql_error"), (await client.SqlAsync(id, $"SELECT '{new string('x', 1024 * 1024)}'")).Refusal);
        Assert.Equal((413, "payload_too_large"), (await client.SqlAsync(id, $"SELECT '{new string('x', 3 * 1024 * 1024)}'")).Refusal);
    }

    [Theory]
    [InlineData(Endless, true)]
    [InlineData(Endless, false)]
    [InlineData("INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i < 0", false)]
    [InlineData("INSERT INTO t VALUES (6); " + Endless, false)]
    public async Task QueryThatRunsOn_EndsWithItsTimeAndIsRolledBack(string sql, bool readOnly)
    {
        var (client, id) = await StartAsync();
        var clock = Stopwatch.StartNew();

        var refused = await client.QueryAsync(id, new { sql, readOnly, timeoutMs = 200 });

        Assert.Equal((400, "query_timeout"), refused.Refusal);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(15), $"{clock.Elapsed}");
        Assert.Equal("0", await client.ValueAsync(id, "SELECT count(*) FROM t WHERE id = 6"));
    }

    [Fact]
    public async Task FunctionThatNothingStops_IsAnsweredAllTheSameAndCommitsNothing()
    {
        var (client, id) = await StartAsync();
        var turns = App.Services.GetRequiredService<QueryTurns>();
        const string slow = "instr(hex(zeroblob(1000000)), hex(zeroblob(40000)) || 'x')"; // compares for some seconds in one step

        var refused = await client.QueryAsync(id, new { sql = $"INSERT INTO t SELECT 6 + {slow}; INSERT INTO t VALUES (6)", timeoutMs = 100 });

        Assert.Equal((400, "query_timeout"), refused.Refusal);
        await Until.TrueAsync(() => turns.RunningOn(id) == 0, "its thread has ended", seconds: 120);
        Assert.Equal("0", await client.ValueAsync(id, "SELECT count(*) FROM t WHERE id = 6"));
    }

    [Fact]
    public async Task QueryThatNeedsTooMuchMemory_IsEnded()
    {
        await using var app = await PlatformApp.StartAsync(settings: [("Databases:MaxMemoryMb", "128")]);
        var client = new DatabaseClient(await app.CreateUserAsync());
        var id = await client.CreatedAsync("main");

        var refused = await client.SqlAsync(id, $"SELECT {string.Join(',', Enumerable.Repeat("hex(zeroblob(500000))", 400))}");

        Assert.Equal(((400, "sql_error"), "SQLITE_NOMEM"), (refused.Refusal, refused.Body.GetProperty("details")[0].GetProperty("sqlState").GetString()));
    }

    [Fact]
    public async Task TemporaryTables_GrowNoFurtherThanTheDatabase()
    {
        var client = new DatabaseClient(await App.CreateUserAsync());
        var id = await client.CreatedAsync("main", maxSizeMb: 1);
        Assert.Equal((409, "size_limit"), (await client.SqlAsync(id, "CREATE TEMP TABLE x (v); INSERT INTO x VALUES (randomblob(3000000))")).Refusal);
    }

    [Fact]
    public async Task OneWriterAtATime_OthersWaitAndThenGiveUp()
    {
        var (client, id) = await StartAsync();
        var holding = client.QueryAsync(id, new { sql = "INSERT INTO t VALUES (9); " + Endless, timeoutMs = 8000 });
        await Until.TrueAsync(async () => (await client.QueryAsync(id, new { sql = "INSERT INTO t VALUES (1)", timeoutMs = 100 })).Status == HttpStatusCode.BadRequest, "the writer has the lock");

        var waiting = client.QueryAsync(id, new { sql = "INSERT INTO t VALUES (2)" });
        Assert.Equal("0", await client.ValueAsync(id, "SELECT count(*) FROM t WHERE id IN (2, 9)"));

        Assert.Equal((400, "query_timeout"), (await holding).Refusal);
        (await waiting).Ok();
        Assert.Equal("1", await client.ValueAsync(id, "SELECT count(*) FROM t WHERE id IN (2, 9)"));
    }

    [Fact]
    public async Task MoreQueriesThanMayRunAtOnce_AreRefused()
    {
        var (client, id) = await StartAsync();
        var turns = App.Services.GetRequiredService<QueryTurns>();
        var running = Enumerable.Range(0, 10).Select(_ => client.QueryAsync(id, new { sql = Endless, readOnly = true })).ToList();
        await Until.TrueAsync(() => turns.RunningOn(id) == 10, "all turns are taken");

        Assert.Equal((429, "too_many_queries"), (await client.SqlAsync(id, "SELECT 1")).Refusal);

        turns.End(id);
        await Task.WhenAll(running);
        (await client.SqlAsync(id, "SELECT 1")).Ok();
    }

    [Fact]
    public async Task Deletion_EndsWhatRuns()
    {
        var (client, id) = await StartAsync();
        var running = client.QueryAsync(id, new { sql = Endless, readOnly = true });
        var turns = App.Services.GetRequiredService<QueryTurns>();
        await Until.TrueAsync(() => turns.RunningOn(id) > 0, "the query runs");

        Assert.Equal("deleted", (await client.DeleteAsync(id)).Ok().Data.GetProperty("status").GetString());

        Assert.Equal((409, "database_not_available"), (await running).Refusal);
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task Spilling_GoesToAPrivateFolder()
    {
        await StartAsync();
        var folder = App.Services.GetRequiredService<DatabaseFiles>().TemporaryFolder;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
    }

    [Fact]
    public async Task AuditLog_TellsOfQueriesWithoutTheirText()
    {
        var (client, id) = await StartAsync();
        (await client.SqlAsync(id, "SELECT 'very-private'")).Ok();
        Assert.Equal((400, "sql_error"), (await client.SqlAsync(id, "SELECT 'very-private' FROM nowhere")).Refusal);

        await using var scope = App.As(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var target = id.ToString();
        var entries = await db.AuditEntries.Where(entry => entry.ResourceId == target && entry.Action == "database.query").OrderBy(entry => entry.Timestamp).ToListAsync();
        Assert.Equal(2, entries.Count);
        Assert.All(entries, entry => Assert.DoesNotContain("very-private", entry.Metadata, StringComparison.Ordinal));
        Assert.Contains("\"command\":\"SELECT\"", entries[0].Metadata.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("\"rows\":1", entries[0].Metadata.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private async Task<(DatabaseClient Client, Guid Id)> StartAsync()
    {
        var client = new DatabaseClient(await App.CreateUserAsync());
        return (client, await client.CreatedAsync("main", "CREATE TABLE t (id INTEGER); CREATE INDEX by_id ON t (id); INSERT INTO t VALUES (0)"));
    }
}
