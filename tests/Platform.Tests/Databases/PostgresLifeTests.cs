using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

using Platform.Data;
using Platform.Databases;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Databases;

/// <summary>Databases of the engine <c>postgresql</c> from their creation to their end.</summary>
[Collection(ManagedPostgres.Collection)]
public sealed class PostgresLifeTests(ManagedPostgres server)
{
    [Fact]
    public async Task Database_FromCreationToDeletion_IsReachedWithItsPasswordAndLeavesNothing()
    {
        var client = new DatabaseClient(await server.App.CreateUserAsync());

        var made = (await client.CreateAsync(new { name = "main", engine = "postgresql", initSql = "CREATE TABLE t (id int); INSERT INTO t VALUES (7)", maxConnections = 3 })).Ok(HttpStatusCode.Created).Data;

        var id = made.GetProperty("id").GetGuid();
        var name = $"mdb_{id:N}";
        var connection = made.GetProperty("connection");
        var password = connection.GetProperty("password").GetString()!;
        Assert.Equal(("available", "postgresql", 1024, 1), (Text(made, "status"), Text(made, "engine"), made.GetProperty("maxSizeMb").GetInt32(), made.GetProperty("tableCount").GetInt32()));
        Assert.Equal(("db.example.com", 5432, name, name, "require"), (Text(connection, "host"), connection.GetProperty("port").GetInt32(), Text(connection, "database"), Text(connection, "username"), Text(connection, "sslMode")));
        Assert.Equal((32, $"postgresql://{name}:{password}@db.example.com:5432/{name}?sslmode=require"), (password.Length, Text(connection, "uri")));
        Assert.True(made.GetProperty("sizeBytes").GetInt64() > 1_000_000);
        Assert.Matches("^[0-9]+\\.", Text(made, "engineVersion")!);
        await using (var own = await server.ConnectAsync(name, password))
            Assert.Equal(7, await ManagedPostgres.RunAsync<int>(own, "SELECT id FROM t"));
        Assert.Equal("********", Text((await client.GetAsync(id)).Ok().Data.GetProperty("connection"), "password"));
        Assert.DoesNotContain(password, (await client.GetAsync(id)).Body.ToString(), StringComparison.Ordinal);
        Assert.Equal("f f f f f 3", await server.ReadAsync<string>(
            $"SELECT concat_ws(' ', rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, rolconnlimit) FROM pg_roles WHERE rolname = '{name}'"));

        await ManagedPostgres.DeleteAsync(client, id);
        Assert.Equal(0, await server.ReadAsync<long>($"SELECT (SELECT count(*) FROM pg_database WHERE datname ~ '{name}') + (SELECT count(*) FROM pg_roles WHERE rolname ~ '{name}')"));
    }

    [Fact]
    public async Task InitSql_ThatFails_LeavesAnErrorAndNothingOnTheServer()
    {
        var client = new DatabaseClient(await server.App.CreateUserAsync());

        var failed = (await client.CreateAsync(new { name = "main", engine = "postgresql", initSql = "CREATE TABLE t (id int); INSERT INTO nowhere VALUES (1)" })).Ok(HttpStatusCode.Created).Data;

        var id = failed.GetProperty("id").GetGuid();
        Assert.Equal(("error", "relation \"nowhere\" does not exist", "********"), (Text(failed, "status"), Text(failed, "error"), Text(failed.GetProperty("connection"), "password")));
        Assert.Equal(0, await server.ReadAsync<long>($"SELECT (SELECT count(*) FROM pg_database WHERE datname ~ 'mdb_{id:N}') + (SELECT count(*) FROM pg_roles WHERE rolname ~ 'mdb_{id:N}')"));
        (await client.DeleteAsync(id)).Ok();
    }

    [Fact]
    public async Task Reveal_ShowsThePasswordToWhomItIsDueAndIsAudited()
    {
        var tenant = await server.StartAsync();

        Assert.Equal(tenant.Password, Text((await tenant.Client.GetAsync(tenant.Id, "?reveal=true")).Ok().Data.GetProperty("connection"), "password"));

        await using var scope = server.App.As(Caller.Platform);
        var resource = tenant.Id.ToString();
        Assert.Equal(1, await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().AuditEntries.CountAsync(row => row.Action == "database.credentials_reveal" && row.ResourceId == resource));
    }

    [Fact]
    public async Task ResetPassword_KillsTheOldOneAndItsSessionsAtOnce()
    {
        var tenant = await server.StartAsync();
        await using var open = await server.ConnectAsync(tenant);

        var changed = (await tenant.Client.ChangeAsync(tenant.Id, new { resetPassword = true })).Ok().Data;

        var renewed = Text(changed.GetProperty("connection"), "password")!;
        Assert.NotEqual(tenant.Password, renewed);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => ManagedPostgres.RunAsync(open, "SELECT 1"));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, (await Assert.ThrowsAsync<PostgresException>(() => server.ConnectAsync(tenant))).SqlState);
        await using var again = await server.ConnectAsync(tenant.Username, renewed);
        Assert.Equal("1", await tenant.ValueAsync("SELECT 1"));
    }

    [Fact]
    public async Task MaxConnections_HoldForClients()
    {
        var tenant = await server.StartAsync();
        (await tenant.Client.ChangeAsync(tenant.Id, new { maxConnections = 1 })).Ok();
        await using var only = await server.ConnectAsync(tenant);

        Assert.Equal(PostgresErrorCodes.TooManyConnections, (await Assert.ThrowsAsync<PostgresException>(() => server.ConnectAsync(tenant))).SqlState);
        Assert.Equal((429, "too_many_queries"), (await tenant.SqlAsync("SELECT 1")).Refusal);
        Assert.Equal("1", await ReadValueAsync(tenant, "SELECT 1"));
    }

    [Fact]
    public async Task ReadOnlyDatabase_TakesNoWriting()
    {
        var tenant = await server.StartAsync("CREATE TABLE t (id int)");
        (await tenant.Client.ChangeAsync(tenant.Id, new { readOnly = true })).Ok();

        Assert.Equal((409, "read_only"), (await tenant.Client.QueryAsync(tenant.Id, new { sql = "INSERT INTO t VALUES (1)", readOnly = false })).Refusal);
        Assert.Equal((400, "statement_not_allowed"), (await tenant.SqlAsync("INSERT INTO t VALUES (1)")).Refusal);
        Assert.Equal("0", await ReadValueAsync(tenant, "SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task SizeLimit_MakesTheOwnerReadOnlyUntilThereIsRoom()
    {
        var tenant = await server.StartAsync("CREATE TABLE t (v text)", maxSizeMb: 9);
        (await tenant.SqlAsync("INSERT INTO t SELECT md5(i::text) || repeat(md5(random()::text), 30) FROM generate_series(1, 5000) i")).Ok();
        var sweep = server.App.Services.GetRequiredService<DatabaseSweep>();

        Assert.Equal((409, "size_limit"), (await tenant.SqlAsync("INSERT INTO t VALUES ('x')")).Refusal);
        Assert.Equal((409, "size_limit"), (await tenant.Client.ChangeAsync(tenant.Id, new { maxSizeMb = 8 })).Refusal);
        await sweep.RunAsync(CancellationToken.None);
        await using (var client = await server.ConnectAsync(tenant))
            Assert.Equal(PostgresErrorCodes.ReadOnlySqlTransaction, (await Assert.ThrowsAsync<PostgresException>(() => ManagedPostgres.RunAsync(client, "INSERT INTO t VALUES ('x')"))).SqlState);
        Assert.Equal("5000", await ReadValueAsync(tenant, "SELECT count(*) FROM t"));

        await using (var client = await server.ConnectAsync(tenant))
        {
            await ManagedPostgres.RunAsync(client, "SET default_transaction_read_only = off");
            await ManagedPostgres.RunAsync(client, "TRUNCATE t");
        }

        await sweep.RunAsync(CancellationToken.None);
        (await tenant.SqlAsync("INSERT INTO t VALUES ('x')")).Ok();
        await using (var client = await server.ConnectAsync(tenant))
            await ManagedPostgres.RunAsync(client, "INSERT INTO t VALUES ('x')");
    }

    [Fact]
    public async Task Engine_WithoutAServer_IsNotOffered()
    {
        await using var app = await PlatformApp.StartAsync();

        Assert.Equal((400, "engine_unavailable"), (await new DatabaseClient(await app.CreateUserAsync()).CreateAsync(new { name = "main", engine = "postgresql" })).Refusal);
    }

    [Theory]
    [InlineData("superuser")]
    [InlineData("open")]
    public async Task Server_ThatIsNotSetUp_GetsNoDatabases(string fault)
    {
        var cluster = await PostgresCluster.StartAsync();
        try
        {
            var superuser = cluster.ConnectionString("postgres");
            if (fault == "open")
            {
                await DatabaseServer.SetUpAsync(superuser);
                await cluster.CreateDatabaseAsync(); // like the platform's own, open to PUBLIC
            }

            await using var app = await PlatformApp.StartAsync(settings: ("Databases:PostgresConnection", fault == "open" ? DatabaseServer.AdministratorOf(superuser) : superuser));
            var made = (await new DatabaseClient(await app.CreateUserAsync()).CreateAsync(new { name = "main", engine = "postgresql" })).Ok(HttpStatusCode.Created).Data;
            Assert.Equal(("error", "The server of this engine is not set up for managed databases"), (Text(made, "status"), Text(made, "error")));
        }
        finally
        {
            await cluster.StopAsync();
        }
    }

    private static async Task<string> ReadValueAsync(Tenant tenant, string sql) =>
        (await tenant.Client.QueryAsync(tenant.Id, new { sql, readOnly = true, rowFormat = "arrays" })).Ok().Data.GetProperty("rows")[0][0].ToString();

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
