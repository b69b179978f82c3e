using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

using Platform.Blobs;
using Platform.Databases;
using Platform.Identity;
using Platform.Organizations;
using Platform.Tests.Fixtures;

using static Platform.Tests.Databases.BackupLab;

namespace Platform.Tests.Databases;

/// <summary>Backups and restores of the engine <c>postgresql</c>, with <c>pg_dump</c> and <c>pg_restore</c>.</summary>
[Collection(ManagedPostgres.Collection)]
public sealed class PostgresBackupTests(ManagedPostgres server)
{
    private const string Start = """
        CREATE SCHEMA other; CREATE EXTENSION pgcrypto; CREATE TYPE mood AS ENUM ('good');
        CREATE TABLE t (v text); INSERT INTO t VALUES ('a'), ('b'); CREATE TABLE other.u (id serial, m mood); CREATE VIEW seen AS SELECT v FROM t;
        """;

    [Fact]
    public async Task Restore_InPlaceWhileAClientIsConnected_SwitchesAtOnce()
    {
        var tenant = await server.StartAsync(Start);
        var backup = await BackedUpAsync(tenant.Client, tenant.Id);
        (await tenant.SqlAsync("DELETE FROM t; INSERT INTO t VALUES ('later'); CREATE TABLE later (id int)")).Ok();
        await using var open = await server.ConnectAsync(tenant);
        await ManagedPostgres.RunAsync(open, "BEGIN; LOCK TABLE t IN ACCESS SHARE MODE");

        var restore = (await tenant.Client.RestoreAsync(tenant.Id, backup, new { })).Ok(HttpStatusCode.Accepted).Data;

        var last = await RestoredAsync(tenant.Client, tenant.Id, restore);
        Assert.True(Text(last, "status") == "succeeded", last.ToString());
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => ManagedPostgres.RunAsync(open, "SELECT 1"));
        Assert.Equal("a,b", await tenant.ValueAsync("SELECT string_agg(v, ',' ORDER BY v) FROM t"));
        foreach (var sql in new[] { "SELECT * FROM t", "SELECT * FROM other.u", "SELECT * FROM seen", "SELECT digest('a', 'sha256')", "SELECT last_value FROM other.u_id_seq" })
            (await tenant.ReadAsync(sql)).Ok();
        (await tenant.SqlAsync("CREATE TABLE fresh (id int); INSERT INTO other.u (m) VALUES ('good')")).Ok();
        (await tenant.ReadAsync("SELECT * FROM fresh")).Ok();
        await using (var again = await server.ConnectAsync(tenant))
            await ManagedPostgres.RunAsync(again, "INSERT INTO t VALUES ('c')");
        Assert.Equal(1L, await server.ReadAsync<long>($"SELECT count(*) FROM pg_database WHERE datname ~ '{tenant.Username}'"));

        var safety = Assert.Single((await tenant.Client.BackupsAsync(tenant.Id, "?type=pre_restore")).Ok().Data.EnumerateArray());
        await RestoredAsync(tenant.Client, tenant.Id, (await tenant.Client.RestoreAsync(tenant.Id, Id(safety), new { safetyBackup = false })).Ok(HttpStatusCode.Accepted).Data);
        Assert.Equal("later", await tenant.ValueAsync("SELECT string_agg(v, ',') FROM t"));
    }

    [Fact]
    public async Task Restore_IntoANewDatabase_HasRolesOfItsOwn()
    {
        var tenant = await server.StartAsync(Start);
        var backup = await BackedUpAsync(tenant.Client, tenant.Id);

        var restore = (await tenant.Client.RestoreAsync(tenant.Id, backup, new { mode = "new", name = "copy" })).Ok(HttpStatusCode.Accepted).Data;

        var target = restore.GetProperty("targetDatabaseId").GetGuid();
        await RestoredAsync(tenant.Client, target, restore);
        var copy = (await tenant.Client.GetAsync(target, "?reveal=true")).Ok().Data;
        Assert.Equal(("available", "postgresql", $"mdb_{target:N}", 2), (Text(copy, "status"), Text(copy, "engine"), Text(copy.GetProperty("connection"), "username"), copy.GetProperty("tableCount").GetInt32()));
        await using (var client = await server.ConnectAsync($"mdb_{target:N}", Text(copy.GetProperty("connection"), "password")!))
            await ManagedPostgres.RunAsync(client, "INSERT INTO t VALUES ('c')");
        Assert.Equal(("a,b", "a,b,c"), (await tenant.ValueAsync("SELECT string_agg(v, ',' ORDER BY v) FROM t"), await tenant.Client.ValueAsync(target, "SELECT string_agg(v, ',' ORDER BY v) FROM t")));
    }

    [Fact]
    public async Task Restore_ThatFails_LeavesTheOldDataAndNoDatabaseBehind()
    {
        var tenant = await server.StartAsync(Start);
        var backup = await BackedUpAsync(tenant.Client, tenant.Id);
        var blobs = server.App.Services.GetRequiredService<IBlobStore>();
        var lab = new BackupLab(server.App);
        var stored = await blobs.WriteAsync(BackupFiles.KeyOf(await lab.RowAsync(backup)), new MemoryStream(new byte[9000]), "application/octet-stream", CancellationToken.None);
        await lab.ChangeAsync(db => db.DatabaseBackups.Where(row => row.Id == backup), row => row.Sha256 = stored.Sha256);

        var last = await RestoredAsync(tenant.Client, tenant.Id, (await tenant.Client.RestoreAsync(tenant.Id, backup, new { safetyBackup = false })).Ok(HttpStatusCode.Accepted).Data);

        Assert.Equal("failed", Text(last, "status"));
        Assert.Contains("cannot be restored", Text(last, "error"), StringComparison.Ordinal);
        Assert.Equal(1L, await server.ReadAsync<long>($"SELECT count(*) FROM pg_database WHERE datname ~ '{tenant.Username}'"));
        Assert.Equal("2", await tenant.ValueAsync("SELECT count(*) FROM t"));
        await using var client = await server.ConnectAsync(tenant);
    }

    [Fact]
    public async Task Restore_ThatDiedBetweenTheSwitchAndItsEnd_IsFinished()
    {
        var tenant = await server.StartAsync(Start);
        var backup = await BackedUpAsync(tenant.Client, tenant.Id);
        var lab = new BackupLab(server.App);
        var restoreId = Guid.CreateVersion7();
        await lab.ChangeAsync(
            db => db.Databases.Where(row => row.Id == tenant.Id),
            row => (row.Status, row.LastRestore, row.RestoringBackupId) = (DatabaseStatus.Restoring, new LastRestore(restoreId, backup, RestoreStatus.Running, DateTimeOffset.UtcNow, null, null), backup));
        await using (var connection = new NpgsqlConnection(server.Cluster.ConnectionString("postgres")))
        {
            await connection.OpenAsync();
            await ManagedPostgres.RunAsync(connection, $"CREATE DATABASE {tenant.Username}_o{restoreId.ToString("N")[^12..]} OWNER {tenant.Username}");
            await ManagedPostgres.RunAsync(connection, $"ALTER DATABASE {tenant.Username} ALLOW_CONNECTIONS false");
        }

        await using (var scope = server.App.As(Caller.Platform))
            await scope.ServiceProvider.GetRequiredService<RestoreBackup>().RunAsync(restoreId, tenant.Id, backup, CancellationToken.None);

        Assert.Equal("available", Text((await tenant.Client.GetAsync(tenant.Id)).Ok().Data, "status"));
        Assert.Equal("2", await tenant.ValueAsync("SELECT count(*) FROM t"));
        Assert.Equal(1L, await server.ReadAsync<long>($"SELECT count(*) FROM pg_database WHERE datname ~ '{tenant.Username}'"));
    }

    [Fact]
    public async Task Backup_CanBeDownloadedAndOutlivesItsDatabaseWhenItIsTheFinalOne()
    {
        var user = await server.App.CreateUserAsync();
        var client = new DatabaseClient(user);
        var id = (await client.CreateAsync(new { name = "main", engine = "postgresql", initSql = Start })).Ok(HttpStatusCode.Created).Data.GetProperty("id").GetGuid();
        var backup = await CompletedAsync(client, id, await BackedUpAsync(client, id));
        Assert.Equal("pg_custom", Text(backup, "format"));

        using var answer = await user.Client.GetAsync($"/api/databases/{id}/backups/{Id(backup)}/download");

        Assert.Equal("PGDMP", System.Text.Encoding.ASCII.GetString((await answer.Content.ReadAsByteArrayAsync())[..5]));
        Assert.Equal($"{Id(backup):N}.dump", answer.Content.Headers.ContentDisposition?.FileName);
        await ManagedPostgres.DeleteAsync(client, id, "?finalBackup=true");
        Assert.Equal(0L, await server.ReadAsync<long>($"SELECT count(*) FROM pg_roles WHERE rolname ~ 'mdb_{id:N}'"));
    }

    [Fact]
    public async Task Cleanup_OfAnOrganization_DropsItsDatabasesAndSparesOthers()
    {
        var (tenant, other) = (await server.StartAsync(), await server.StartAsync());
        Guid organization = default;
        await new BackupLab(server.App).ChangeAsync(db => db.Databases.Where(row => row.Id == tenant.Id), row => organization = row.OrganizationId);

        await using (var scope = server.App.As(Caller.System(organization)))
            await scope.ServiceProvider.GetServices<ITenantCleanup>().Single(step => step.Name == "databases").CleanAsync(new TenantScope(organization, null), CancellationToken.None);

        Assert.Equal(0L, await server.ReadAsync<long>($"SELECT (SELECT count(*) FROM pg_database WHERE datname ~ '{tenant.Username}') + (SELECT count(*) FROM pg_roles WHERE rolname ~ '{tenant.Username}')"));
        Assert.Equal("1", await other.ValueAsync("SELECT 1"));
    }
}
