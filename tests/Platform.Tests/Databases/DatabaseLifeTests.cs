using System.Net;
using System.Runtime.Versioning;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Databases;
using Platform.Identity;
using Platform.Organizations;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Databases;

/// <summary>Databases from their creation to their end.</summary>
public abstract class DatabaseLifeTests(PlatformApp app)
{
    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task Database_FromCreationToDeletion_IsAvailableThenGoneWithItsFile()
    {
        var client = await StartAsync();

        var created = (await client.CreateAsync(new
        {
            name = "orders",
            description = " of the shop ",
            tags = new { team = "shop", stage = "test" },
            maxSizeMb = 5,
            initSql = "CREATE TABLE items (id INTEGER PRIMARY KEY, title TEXT); INSERT INTO items (title) VALUES ('a'), ('b')",
        })).Ok(HttpStatusCode.Created).Data;

        Assert.Equal(
            ("orders", "of the shop", "sqlite", "available", 5, 20, 30_000, 1, false),
            (Text(created, "name"), Text(created, "description"), Text(created, "engine"), Text(created, "status"), Number(created, "maxSizeMb"), Number(created, "maxConnections"),
                Number(created, "statementTimeoutMs"), Number(created, "tableCount"), created.GetProperty("readOnly").GetBoolean()));
        Assert.Equal("""{"type":"embedded"}""", created.GetProperty("connection").ToString());
        Assert.Equal("""{"stage":"test","team":"shop"}""", created.GetProperty("tags").ToString());
        Assert.StartsWith("3.", Text(created, "engineVersion"), StringComparison.Ordinal);
        Assert.True(Number(created, "sizeBytes") > 0);
        var id = created.GetProperty("id").GetGuid();
        Assert.Equal(created.ToString(), (await client.GetAsync(id)).Ok().Data.ToString());
        Assert.Equal("2", await client.ValueAsync(id, "SELECT count(*) FROM items"));
        var row = await RowAsync(id);
        Assert.Null(row!.InitSql);
        var path = app.Services.GetRequiredService<DatabaseFiles>().PathOf(row);
        Assert.Equal((UnixFileMode.UserRead | UnixFileMode.UserWrite, true), (File.GetUnixFileMode(path), path.EndsWith($"{row.OrganizationId:N}/{id:N}.db", StringComparison.Ordinal)));

        var deleted = (await client.DeleteAsync(id)).Ok().Data;

        Assert.Equal($$"""{"id":"{{id}}","status":"deleted"}""", deleted.ToString());
        Assert.Equal((404, "not_found"), (await client.GetAsync(id)).Refusal);
        Assert.Equal((404, "not_found"), (await client.SqlAsync(id, "SELECT 1")).Refusal);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(path)!, $"{id:N}*"));
        Assert.Equal(["database.created", "database.deleted"], await EventsOfAsync(id));
    }

    [Fact]
    public async Task InitSql_ThatFails_LeavesAnErrorAndNoFile()
    {
        var client = await StartAsync();

        var failed = (await client.CreateAsync(new { name = "broken", initSql = "CREATE TABLE t (id); INSERT INTO nowhere VALUES (1)" })).Ok(HttpStatusCode.Created).Data;

        var id = failed.GetProperty("id").GetGuid();
        Assert.Equal(("error", "no such table: nowhere"), (Text(failed, "status"), Text(failed, "error")));
        Assert.Equal((409, "database_not_available"), (await client.SqlAsync(id, "SELECT 1")).Refusal);
        Assert.False(File.Exists(app.Services.GetRequiredService<DatabaseFiles>().PathOf((await RowAsync(id))!)));
        (await client.DeleteAsync(id)).Ok();
        Assert.Equal(["database.deleted"], await EventsOfAsync(id));
        Assert.Equal("error", Text((await client.CreateAsync(new { name = "escaped", initSql = "ATTACH '/tmp/x.db' AS x" })).Data, "status"));
    }

    [Fact]
    public async Task Create_OfWrongForm_Is400AndOfATakenName409()
    {
        var client = await StartAsync();
        await client.CreatedAsync("main");

        foreach (var body in new[]
                 {
                     """{}""", """{"name":"A"}""", """{"name":"1a"}""", """{"name":"a b"}""", """{"name":"a","maxSizeMb":0}""", """{"name":"a","maxSizeMb":10241}""",
                     """{"name":"a","statementTimeoutMs":99}""", """{"name":"a","maxConnections":51}""", """{"name":"a","engine":"mysql"}""", """{"name":"a","tags":{"1":"x"}}""",
                     """{"name":"a","tags":{"a":1}}""", """{"name":"a","description":"a\u0007b"}""", """{"name":"a","backupSchedule":{"cron":"* * * * *"}}""", """{"name":"a","backupSchedule":{}}""", """{"name":null}""",
                 })
            Assert.Equal((400, "validation_failed"), (await client.CreateAsync(Json(body))).Refusal);
        Assert.Equal((400, "engine_unavailable"), (await client.CreateAsync(new { name = "other", engine = "postgresql" })).Refusal);
        Assert.Equal((409, "name_taken"), (await client.CreateAsync(new { name = "main" })).Refusal);
        Assert.Equal((404, "not_found"), (await client.CreateAsync(new { name = "other", projectId = "nonsense" })).Refusal);
        Assert.Equal(1, (await client.ListAsync()).Ok().Body.GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task List_ByFilter_ShowsWhatMatchesInTheOrderAskedFor()
    {
        var client = await StartAsync();
        await client.CreatedAsync("one", maxSizeMb: 1);
        await client.CreatedAsync("two", initSql: "CREATE TABLE t (id); CREATE TABLE u (id)");
        (await client.CreateAsync(new { name = "three", tags = new { stage = "live" } })).Ok(HttpStatusCode.Created);

        Assert.Equal(["three", "two", "one"], await NamesAsync(""));
        Assert.Equal(["one", "three", "two"], await NamesAsync("?sort=name"));
        Assert.Equal(["two"], await NamesAsync("?sort=-sizeBytes&limit=1"));
        Assert.Equal(["two"], await NamesAsync("?limit=1&offset=1"));
        Assert.Equal(["three"], await NamesAsync("?tag.stage=live"));
        Assert.Empty(await NamesAsync("?tag.stage=dead"));
        Assert.Equal(["two"], await NamesAsync("?search=TW"));
        Assert.Equal(3, (await NamesAsync("?status=available,error&engine=sqlite&projectId=all")).Count);
        Assert.Empty(await NamesAsync("?status=creating"));
        foreach (var bad in new[] { "?sort=engine", "?limit=0", "?limit=201", "?offset=-1", "?status=gone", "?tag.1=a&limit=x" })
            Assert.Equal((400, "validation_failed"), (await client.ListAsync(bad)).Refusal);
        Assert.Equal((404, "not_found"), (await client.ListAsync($"?projectId={Guid.CreateVersion7()}")).Refusal);

        async Task<List<string?>> NamesAsync(string query) => [.. (await client.ListAsync(query)).Ok().Data.EnumerateArray().Select(found => Text(found, "name"))];
    }

    [Fact]
    public async Task Change_OfSettings_HoldsFromThenOn()
    {
        var client = await StartAsync();
        var id = await client.CreatedAsync("main", "CREATE TABLE t (id INTEGER)");
        await client.CreatedAsync("taken");

        var changed = (await client.ChangeAsync(id, new { name = "renamed", description = "new", readOnly = true, deletionProtection = true, tags = new { a = "1" }, statementTimeoutMs = 200 })).Ok().Data;

        Assert.Equal(("renamed", "new", true, true, 200), (Text(changed, "name"), Text(changed, "description"), changed.GetProperty("readOnly").GetBoolean(), changed.GetProperty("deletionProtection").GetBoolean(), Number(changed, "statementTimeoutMs")));
        Assert.Equal((409, "read_only"), (await client.QueryAsync(id, new { sql = "INSERT INTO t VALUES (1)", readOnly = false })).Refusal);
        Assert.Equal((400, "statement_not_allowed"), (await client.SqlAsync(id, "INSERT INTO t VALUES (1)")).Refusal);
        Assert.Equal((409, "deletion_protected"), (await client.DeleteAsync(id)).Refusal);
        Assert.Equal((400, "validation_failed"), (await client.QueryAsync(id, new { sql = "SELECT 1", timeoutMs = 201 })).Refusal);
        Assert.Equal((409, "name_taken"), (await client.ChangeAsync(id, new { name = "taken" })).Refusal);
        foreach (var body in new[] { "{}", """{"name":null}""", """{"readOnly":null}""", """{"maxSizeMb":0}""", """{"tags":null}""", """{"resetPassword":true}""", """{"backupSchedule":{}}""", """{"name":"Ä"}""" })
            Assert.Equal((400, "validation_failed"), (await client.ChangeAsync(id, Json(body))).Refusal);
        var cleared = (await client.ChangeAsync(id, Json("""{"description":null,"deletionProtection":false,"readOnly":false,"tags":{}}"""))).Ok().Data;
        Assert.Equal((JsonValueKind.Null, "{}"), (cleared.GetProperty("description").ValueKind, cleared.GetProperty("tags").ToString()));
        Assert.Equal((400, "validation_failed"), (await client.DeleteAsync(id, "?finalBackup=x")).Refusal);
        (await client.DeleteAsync(id)).Ok();
    }

    [Fact]
    public async Task MaximumSize_HoldsAndCannotBeSetBelowWhatIsThere()
    {
        var client = await StartAsync();
        var id = await client.CreatedAsync("main", "CREATE TABLE t (v BLOB)", maxSizeMb: 2);

        Assert.Equal((409, "size_limit"), (await client.SqlAsync(id, "INSERT INTO t VALUES (randomblob(3000000))")).Refusal);
        Assert.Equal("0", await client.ValueAsync(id, "SELECT count(*) FROM t"));
        (await client.SqlAsync(id, "INSERT INTO t VALUES (randomblob(1500000))")).Ok();

        Assert.True(Number((await client.GetAsync(id)).Ok().Data, "sizeBytes") > 1_500_000);
        Assert.Equal((409, "size_limit"), (await client.ChangeAsync(id, new { maxSizeMb = 1 })).Refusal);
        (await client.ChangeAsync(id, new { maxSizeMb = 4 })).Ok();
        (await client.SqlAsync(id, "INSERT INTO t VALUES (randomblob(1500000))")).Ok();
    }

    [Fact]
    public async Task Create_RepeatedWithItsKey_MakesOne()
    {
        var client = await StartAsync();
        var key = $"key-{Guid.CreateVersion7()}";

        var first = (await client.CreateAsync(new { name = "once" }, key)).Ok(HttpStatusCode.Created).Data;
        var second = (await client.CreateAsync(new { name = "once" }, key)).Ok(HttpStatusCode.Created).Data;

        Assert.Equal(Text(first, "id"), Text(second, "id"));
        Assert.Equal((409, "idempotency_conflict"), (await client.CreateAsync(new { name = "twice" }, key)).Refusal);
    }

    [Fact]
    public async Task Removal_ThatFailedForGood_IsBegunAgainByTheSweep()
    {
        var client = await StartAsync();
        var id = await client.CreatedAsync("stuck");
        await ChangeRowAsync(id, row => (row.Status, row.DeletionAttempts, row.UpdatedAt) = (DatabaseStatus.Error, 1, DateTimeOffset.UtcNow.AddHours(-1)));

        await app.Services.GetRequiredService<DatabaseSweep>().RunAsync(CancellationToken.None);

        await Until.TrueAsync(async () => await RowAsync(id) is null, "the database is gone");
    }

    [Fact]
    public async Task Sweep_StoresASizeThatNobodyTold()
    {
        var client = await StartAsync();
        var id = await client.CreatedAsync("main");
        await ChangeRowAsync(id, row => row.SizeBytes = 1);

        await app.Services.GetRequiredService<DatabaseSweep>().RunAsync(CancellationToken.None);

        Assert.True((await RowAsync(id))!.SizeBytes > 1);
    }

    [Fact]
    public async Task Cleanup_OfAnOrganization_TakesItsFilesAndSparesOthers()
    {
        var (user, other) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var (id, spared) = (await new DatabaseClient(user).CreatedAsync("main"), await new DatabaseClient(other).CreatedAsync("main"));
        var (row, files) = ((await RowAsync(id))!, app.Services.GetRequiredService<DatabaseFiles>());

        await using (var scope = app.As(Caller.System(row.OrganizationId)))
        {
            var cleanup = scope.ServiceProvider.GetServices<ITenantCleanup>().Single(step => step.Name == "databases");
            Assert.False(await cleanup.CleanAsync(new TenantScope(row.OrganizationId, null), CancellationToken.None));
            Assert.False(await cleanup.CleanAsync(new TenantScope(row.OrganizationId, null), CancellationToken.None));
        }

        Assert.Null(await RowAsync(id));
        Assert.False(Directory.Exists(Path.GetDirectoryName(files.PathOf(row))));
        Assert.Equal("1", await new DatabaseClient(other).ValueAsync(spared, "SELECT 1"));
    }

    private async Task<DatabaseClient> StartAsync() => new(await app.CreateUserAsync());

    private async Task<ManagedDatabase?> RowAsync(Guid id)
    {
        await using var scope = app.As(Caller.Platform);
        return await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().Databases.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id);
    }

    private async Task ChangeRowAsync(Guid id, Action<ManagedDatabase> change)
    {
        await using var scope = app.As(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        change(await db.Databases.SingleAsync(row => row.Id == id));
        await db.SaveChangesAsync();
    }

    private async Task<List<string>> EventsOfAsync(Guid id)
    {
        await using var scope = app.As(Caller.Platform);
        var aggregate = id.ToString();
        return await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().Events.Where(row => row.AggregateId == aggregate).OrderBy(row => row.EventId).Select(row => row.EventType).ToListAsync();
    }

    private static StringContent Json(string body) => new(body, System.Text.Encoding.UTF8, "application/json");

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();
}

public sealed class DatabaseLifeOnSqliteTests(SqliteApp fixture) : DatabaseLifeTests(fixture.App), IClassFixture<SqliteApp>;

public sealed class DatabaseLifeOnPostgresTests(PostgresApp fixture) : DatabaseLifeTests(fixture.App), IClassFixture<PostgresApp>;
