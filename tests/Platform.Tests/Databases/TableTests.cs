using System.Text.Json;

using Platform.Tests.Executions;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Databases;

/// <summary>What a database is said to consist of.</summary>
public sealed class TableTests(SqliteApp fixture) : IClassFixture<SqliteApp>
{
    private const string Shop = """
        CREATE TABLE customers (id INTEGER PRIMARY KEY AUTOINCREMENT, email VARCHAR(200) NOT NULL UNIQUE, name TEXT DEFAULT 'x', CHECK (length(email) > 3));
        CREATE TABLE "odd "" name" (a TEXT, b TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;
        CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER REFERENCES customers(id) ON DELETE CASCADE, total REAL CHECK (total >= 0), twice REAL GENERATED ALWAYS AS (total * 2) VIRTUAL);
        CREATE INDEX large ON orders (total, customer) WHERE total > 100;
        CREATE VIEW big AS SELECT id FROM orders WHERE total > 100;
        INSERT INTO customers (email) VALUES ('a@example.com'), ('b@example.com');
        INSERT INTO orders (customer, total) VALUES (1, 5), (1, 500);
        """;

    [Fact]
    public async Task Tables_AreListedWithTheirRows()
    {
        var (client, id) = await StartAsync();

        var all = (await client.TablesAsync(id)).Ok();

        Assert.Equal(4, all.Body.GetProperty("total").GetInt32());
        Assert.Equal(
            ["big view null 1", "customers table 2 3", "odd \" name table 0 2", "orders table 2 4"],
            all.Data.EnumerateArray().Select(table => $"{Text(table, "name")} {Text(table, "type")} {table.GetProperty("rowCount").GetRawText()} {table.GetProperty("columnCount").GetInt32()}"));
        Assert.Equal(["big"], Names(await client.TablesAsync(id, "?type=view")));
        Assert.Equal(["orders"], Names(await client.TablesAsync(id, "?search=ORD")));
        Assert.Equal(["orders"], Names(await client.TablesAsync(id, "?limit=1&offset=3")));
        Assert.Empty(Names(await client.TablesAsync(id, "?schema=public")));
        Assert.Equal((400, "validation_failed"), (await client.TablesAsync(id, "?type=queue")).Refusal);
    }

    [Fact]
    public async Task Table_IsDescribedWithKeysIndexesAndReferences()
    {
        var (client, id) = await StartAsync();

        var orders = (await client.TableAsync(id, "orders", "?preview=1")).Ok().Data;

        Assert.Equal(
            ["id integer pk", "customer integer", "total real", "twice real generated"],
            orders.GetProperty("columns").EnumerateArray().Select(column => $"{Text(column, "name")} {Text(column, "type")}{Flag(column, "primaryKey", " pk")}{Flag(column, "generated", " generated")}"));
        Assert.Equal("""["id"]""", orders.GetProperty("primaryKey").ToString());
        Assert.Equal("""[{"name":"large","columns":["total","customer"],"unique":false,"method":"btree","predicate":"total > 100"}]""", orders.GetProperty("indexes").ToString());
        Assert.Equal(
            """[{"name":null,"columns":["customer"],"referencedTable":"customers","referencedColumns":["id"],"onDelete":"cascade","onUpdate":"no_action"}]""",
            orders.GetProperty("foreignKeys").ToString());
        Assert.Equal("""["total >= 0"]""", orders.GetProperty("checks").ToString());
        Assert.Equal("""[{"id":1,"customer":1,"total":5,"twice":10}]""", orders.GetProperty("preview").ToString());
        Assert.StartsWith("CREATE TABLE orders", Text(orders, "definition"), StringComparison.Ordinal);

        var customers = (await client.TableAsync(id, "main.Customers")).Ok().Data;
        Assert.Equal(
            ["id auto unique", "email not null unique", "name"],
            customers.GetProperty("columns").EnumerateArray().Select(column =>
                $"{Text(column, "name")}{Flag(column, "autoIncrement", " auto")}{(column.GetProperty("nullable").GetBoolean() || Text(column, "name") == "id" ? "" : " not null")}{Flag(column, "unique", " unique")}"));
        Assert.Equal("'x'", Text(customers.GetProperty("columns")[2], "default"));
        Assert.Equal("orders", Text(customers.GetProperty("referencedBy")[0], "table"));
        Assert.Equal(JsonValueKind.Null, customers.GetProperty("preview").ValueKind);
    }

    [Fact]
    public async Task Table_OfAnyName_IsComparedAndNeverRun()
    {
        var (client, id) = await StartAsync();

        Assert.Equal("""["a","b"]""", (await client.TableAsync(id, "odd \" name", "?preview=5")).Ok().Data.GetProperty("primaryKey").ToString());
        Assert.Equal("view", Text((await client.TableAsync(id, "big")).Ok().Data, "type"));
        foreach (var name in new[] { "nowhere", "orders; DROP TABLE orders", "orders'--", "sqlite_schema", "temp.orders", "\"orders\"" })
            Assert.Equal((404, "not_found"), (await client.TableAsync(id, name)).Refusal);
        Assert.Equal((404, "not_found"), (await client.TableAsync(id, "orders", "?schema=temp")).Refusal);
        Assert.Equal((400, "validation_failed"), (await client.TableAsync(id, "orders", "?preview=51")).Refusal);
    }

    [Fact]
    public async Task RowCount_OfALargeTable_IsAnEstimate()
    {
        var (client, id) = await StartAsync();
        (await client.SqlAsync(id, "CREATE TABLE n (i); INSERT INTO n WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s LIMIT 12000) SELECT i FROM s")).Ok();

        var counted = (await client.TableAsync(id, "n")).Ok().Data;

        Assert.Equal((12_000, true), (counted.GetProperty("rowCount").GetInt32(), counted.GetProperty("rowCountEstimated").GetBoolean()));
        (await client.SqlAsync(id, "ANALYZE")).Ok();
        Assert.True((await client.TableAsync(id, "n")).Ok().Data.GetProperty("rowCount").GetInt32() > 10_000);
    }

    private async Task<(DatabaseClient Client, Guid Id)> StartAsync()
    {
        var client = new DatabaseClient(await fixture.App.CreateUserAsync());
        return (client, await client.CreatedAsync("shop", Shop));
    }

    private static IEnumerable<string?> Names(Answer answer) => answer.Ok().Data.EnumerateArray().Select(table => Text(table, "name"));

    private static string Flag(JsonElement column, string name, string word) => column.GetProperty(name).GetBoolean() ? word : "";

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
