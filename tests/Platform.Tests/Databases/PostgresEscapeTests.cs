using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

using Platform.Tests.Fixtures;

namespace Platform.Tests.Databases;

/// <summary>What SQL cannot do on the engine <c>postgresql</c>, whoever sends it: the escapes of delivery.md §8.2, and two tenants that try to reach each other.</summary>
[Collection(ManagedPostgres.Collection)]
public sealed class PostgresEscapeTests(ManagedPostgres server)
{
    private const string Setup = """
        CREATE TABLE t (id int);
        CREATE SEQUENCE s;
        CREATE FUNCTION definer() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'INSERT INTO public.t VALUES (1)';
        CREATE FUNCTION opener() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN PERFORM set_config('transaction_read_only', 'off', false); INSERT INTO public.t VALUES (1); END $$;
        CREATE PROCEDURE committer() LANGUAGE plpgsql AS $$ BEGIN COMMIT; INSERT INTO public.t VALUES (1); COMMIT; END $$;
        """;

    [Theory]
    [InlineData("INSERT INTO t VALUES (1)")]
    [InlineData("WITH x AS (INSERT INTO t VALUES (1) RETURNING *) SELECT * FROM x")]
    [InlineData("UPDATE t SET id = 2")]
    [InlineData("DELETE FROM t")]
    [InlineData("TRUNCATE t")]
    [InlineData("CREATE TABLE u (id int)")]
    [InlineData("CREATE TEMP TABLE u (id int)")]
    [InlineData("SELECT * INTO u FROM t")]
    [InlineData("DROP TABLE t")]
    [InlineData("ALTER TABLE t ADD COLUMN x int")]
    [InlineData("GRANT ALL ON t TO PUBLIC")]
    [InlineData("SELECT nextval('s')")]
    [InlineData("SELECT definer()")]
    [InlineData("SELECT opener()", "")]
    [InlineData("CALL committer()", "")]
    [InlineData("DO $$ BEGIN COMMIT; INSERT INTO t VALUES (1); END $$", "")]
    [InlineData("SELECT set_config('transaction_read_only', 'off', false)", "")]
    [InlineData("SELECT set_config('role', current_database(), false)", "")]
    [InlineData("SET TRANSACTION READ WRITE")]
    [InlineData("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE")]
    [InlineData("SET TRANSACTION READ WRITE; INSERT INTO t VALUES (1)", "multiple_statements")]
    [InlineData("SELECT 1; INSERT INTO t VALUES (1)", "multiple_statements")]
    [InlineData("COMMIT; INSERT INTO t VALUES (1)", "multiple_statements")]
    [InlineData("EXPLAIN ANALYZE INSERT INTO t VALUES (1)")]
    [InlineData("VACUUM t", "")]
    [InlineData("LOCK TABLE t IN ACCESS EXCLUSIVE MODE", "")]
    public async Task ReadingQuery_CannotWrite(string sql, string code = "statement_not_allowed")
    {
        var tenant = await server.StartAsync(Setup);

        foreach (var transaction in new[] { true, false })
        {
            var answer = await tenant.Client.QueryAsync(tenant.Id, new { sql, readOnly = true, transaction });
            Assert.Equal(400, (int)answer.Status);
            if (code.Length > 0)
                Assert.Equal(code, answer.Code);
        }

        Assert.Equal("0 1", await tenant.ValueAsync("SELECT (SELECT count(*) FROM t) || ' ' || (SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace)"));
    }

    [Fact]
    public async Task ReadingQuery_OfLargeObjects_LeavesNone()
    {
        var tenant = await server.StartAsync();

        await tenant.ReadAsync("SELECT lo_from_bytea(0, 'x')"); // older servers make it, in spite of READ ONLY

        Assert.Equal("0", await tenant.ValueAsync("SELECT count(*) FROM pg_largeobject_metadata"));
    }

    [Theory]
    [InlineData("COPY t TO STDOUT")]
    [InlineData("/* /* nested */ */ -- line\n COPY t FROM STDIN")]
    [InlineData("COPY t TO PROGRAM 'id'")]
    [InlineData("LISTEN x")]
    [InlineData("NOTIFY x")]
    [InlineData("UNLISTEN *")]
    [InlineData("PREPARE TRANSACTION 'x'")]
    [InlineData("BEGIN")]
    [InlineData("START TRANSACTION")]
    [InlineData("COMMIT")]
    [InlineData("COMMIT PREPARED 'x'")]
    [InlineData("END")]
    [InlineData("ROLLBACK")]
    [InlineData("ABORT")]
    [InlineData("SAVEPOINT x")]
    [InlineData("RELEASE x")]
    [InlineData("INSERT INTO t VALUES (1); COMMIT; SELECT 1")]
    public async Task FirstWord_OfWhatIsThePlatforms_IsRefused(string sql)
    {
        var tenant = await server.StartAsync("CREATE TABLE t (id int)");

        Assert.Equal((400, "statement_not_allowed"), (await tenant.SqlAsync(sql)).Refusal);

        Assert.Equal("0", await tenant.ValueAsync("SELECT count(*) FROM t"));
    }

    [Theory]
    [InlineData("SELECT pg_sleep(30)")]
    [InlineData("SET statement_timeout = 0; SELECT pg_sleep(30)")]
    [InlineData("DO $$ BEGIN PERFORM set_config('statement_timeout', '0', false); PERFORM pg_sleep(30); END $$")]
    [InlineData("DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(30); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$")]
    [InlineData("SELECT count(*) FROM generate_series(1, 100000000000) i")]
    public async Task WhatRunsTooLong_IsEnded(string sql)
    {
        var tenant = await server.StartAsync(statementTimeoutMs: 500);
        var began = Stopwatch.GetTimestamp();

        Assert.Equal((400, "query_timeout"), (await tenant.SqlAsync(sql)).Refusal);

        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(20));
        await Until.TrueAsync(
            async () => await server.ReadAsync<long>($"SELECT count(*) FROM pg_stat_activity WHERE usename ~ '{tenant.Username}'") == 0, "no process of it is left");
    }

    [Fact]
    public async Task ShortLimit_IsOneOfUseAndNotOfMaking()
    {
        var tenant = await server.StartAsync("SELECT pg_sleep(0.4)", statementTimeoutMs: 100);
        Assert.Equal((400, "query_timeout"), (await tenant.SqlAsync("SELECT pg_sleep(0.4)")).Refusal);
    }

    [Fact]
    public async Task Roles_CannotRaiseThemselves()
    {
        var tenant = await server.StartAsync("CREATE TABLE t (id int)");

        foreach (var sql in new[]
                 {
                     "ALTER ROLE CURRENT_USER SUPERUSER", "ALTER ROLE CURRENT_USER CREATEDB", "ALTER ROLE CURRENT_USER CREATEROLE", "ALTER ROLE CURRENT_USER CONNECTION LIMIT 1000", "CREATE ROLE x", "CREATE DATABASE x",
                     "SET ROLE platform_admin", "SET ROLE postgres", "SET SESSION AUTHORIZATION postgres", "GRANT pg_read_server_files TO CURRENT_USER", "SELECT pg_read_file('/etc/passwd')", "SELECT lo_import('/etc/passwd')",
                     "SELECT * FROM pg_authid", "CREATE EXTENSION dblink", "CREATE EXTENSION file_fdw", "CREATE EXTENSION postgres_fdw", "CREATE LANGUAGE plpython3u", "ALTER SYSTEM SET work_mem = '1GB'", "SET temp_file_limit = -1",
                     "CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1' PUBLICATION p", "SELECT pg_create_physical_replication_slot('x')", "ALTER DATABASE postgres SET work_mem = '1GB'", "LOAD '/tmp/x.so'",
                     "CREATE FUNCTION f() RETURNS int LANGUAGE c AS '/tmp/x.so', 'f'",
                 })
            Assert.Equal(400, (int)(await tenant.Client.QueryAsync(tenant.Id, new { sql, transaction = !sql.StartsWith("CREATE DATABASE", StringComparison.Ordinal) })).Status);
    }

    [Fact]
    public async Task Tenants_CannotReachEachOther()
    {
        var (tenant, other) = (await server.StartAsync("CREATE TABLE secret (v text); INSERT INTO secret VALUES ('a')"), await server.StartAsync());
        await using var open = await server.ConnectAsync(tenant);
        await ManagedPostgres.RunAsync(open, "SELECT 'private words'");

        foreach (var database in new[] { tenant.Username, "postgres", "template1" })
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => server.ConnectAsync(other, database))).SqlState);
        Assert.Equal(PostgresErrorCodes.InvalidPassword, (await Assert.ThrowsAsync<PostgresException>(() => server.ConnectAsync(tenant.Username, other.Password))).SqlState);
        foreach (var sql in new[]
                 {
                     $"SET ROLE {tenant.Username}", $"SET ROLE {tenant.Username}_ro", $"SET SESSION AUTHORIZATION {tenant.Username}", $"GRANT {tenant.Username} TO CURRENT_USER", $"ALTER ROLE {tenant.Username} PASSWORD 'x'",
                     $"DROP ROLE {tenant.Username}", $"DROP OWNED BY {tenant.Username}", $"REASSIGN OWNED BY {tenant.Username} TO CURRENT_USER", $"ALTER DATABASE {tenant.Username} OWNER TO CURRENT_USER",
                     $"ALTER DATABASE {tenant.Username} ALLOW_CONNECTIONS false", $"GRANT CONNECT ON DATABASE {tenant.Username} TO CURRENT_USER", $"SELECT pg_terminate_backend({open.ProcessID})", $"SELECT pg_cancel_backend({open.ProcessID})",
                     $"SELECT pg_database_size('{tenant.Username}')",
                 })
            Assert.Equal(400, (int)(await other.SqlAsync(sql)).Status);
        foreach (var sql in new[] { $"DROP DATABASE {tenant.Username}", $"CREATE DATABASE x TEMPLATE {tenant.Username}" })
            Assert.Equal(400, (int)(await other.Client.QueryAsync(other.Id, new { sql, transaction = false })).Status);
        Assert.Equal("0", await other.ValueAsync("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%private ' || 'words%'"));
        Assert.Equal("a", await tenant.ValueAsync("SELECT v FROM secret"));
    }

    [Fact]
    public async Task Owner_WhoLocksThePlatformOut_IsLetInAgainByIt()
    {
        var tenant = await server.StartAsync("CREATE TABLE t (id int)");

        foreach (var sql in new[]
                 {
                     "ALTER ROLE CURRENT_USER PASSWORD 'mine'", $"REVOKE CONNECT ON DATABASE {tenant.Username} FROM {tenant.Username}, {tenant.Username}_ro", $"ALTER DATABASE {tenant.Username} CONNECTION LIMIT 0",
                 })
        {
            (await tenant.SqlAsync(sql)).Ok();
            Assert.Equal("0", await tenant.ValueAsync("SELECT count(*) FROM t"));
            (await tenant.ReadAsync("SELECT 1")).Ok();
        }

        (await tenant.SqlAsync($"ALTER DATABASE {tenant.Username} IS_TEMPLATE true")).Ok();
        await ManagedPostgres.DeleteAsync(tenant.Client, tenant.Id);
    }

    [Fact]
    public async Task Role_ThatAnotherTenantHoldsFast_IsDroppedOnceHeLetsGo()
    {
        var (tenant, other) = (await server.StartAsync(), await server.StartAsync("CREATE TABLE t (id int)"));
        (await other.SqlAsync($"GRANT SELECT ON t TO {tenant.Username}")).Ok();

        await ManagedPostgres.DeleteAsync(tenant.Client, tenant.Id);

        Assert.Equal(0L, await server.ReadAsync<long>($"SELECT count(*) FROM pg_database WHERE datname ~ '{tenant.Username}'"));
        Assert.Equal(PostgresErrorCodes.InvalidAuthorizationSpecification, (await Assert.ThrowsAsync<PostgresException>(() => server.ConnectAsync(tenant, other.Username))).SqlState);
        (await other.SqlAsync($"REVOKE ALL ON t FROM {tenant.Username}")).Ok();
        await server.App.Services.GetRequiredService<Platform.Databases.DatabaseSweep>().RunAsync(CancellationToken.None);
        Assert.Equal(0L, await server.ReadAsync<long>($"SELECT count(*) FROM pg_roles WHERE rolname ~ '{tenant.Username}'"));
    }
}
