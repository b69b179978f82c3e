using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Blobs;
using Platform.Data;
using Platform.Databases;
using Platform.Identity;
using Platform.Organizations;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;

using static Platform.Tests.Databases.BackupLab;

namespace Platform.Tests.Databases;

/// <summary>Backups: made, listed, downloaded, restored, scheduled and deleted.</summary>
public abstract class BackupTests(PlatformApp app)
{
    private readonly BackupLab _lab = new(app);

    [Fact]
    public async Task Backup_WhenCompleted_CanBeDownloadedAndOpened()
    {
        var (user, client, id) = await _lab.StartAsync();

        var started = (await client.BackUpAsync(id, new { name = "before", expiresInDays = 3 })).Ok(HttpStatusCode.Created).Data;
        Assert.Equal(("before", "manual", "pending", "sqlite"), (Text(started, "name"), Text(started, "type"), Text(started, "status"), Text(started, "format")));
        var backup = await CompletedAsync(client, id, Id(started));

        using var answer = await user.Client.GetAsync($"/api/databases/{id}/backups/{Id(started)}/download");
        Assert.Equal((HttpStatusCode.OK, "application/gzip", "attachment"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, answer.Content.Headers.ContentDisposition?.DispositionType));
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal((bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes))), (backup.GetProperty("sizeBytes").GetInt32(), Text(backup, "sha256")));
        using var zip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        var header = new byte[15];
        await zip.ReadExactlyAsync(header);
        Assert.Equal("SQLite format 3"u8.ToArray(), header);
        Assert.NotEqual(JsonValueKind.Null, (await client.GetAsync(id)).Ok().Data.GetProperty("lastBackupAt").ValueKind);
        Assert.Empty(_lab.TemporaryFilesOf(BackupFiles.KeyOf(await _lab.RowAsync(Id(started)))));
    }

    [Fact]
    public async Task List_ByFilter_ShowsWhatMatches()
    {
        var (_, client, id) = await _lab.StartAsync();
        var first = await BackedUpAsync(client, id);
        var second = await BackedUpAsync(client, id);

        Assert.Equal([second, first], (await client.BackupsAsync(id)).Ok().Data.EnumerateArray().Select(Id));
        Assert.Equal([first], (await client.BackupsAsync(id, "?sort=createdAt&limit=1&type=manual,scheduled&status=completed")).Ok().Data.EnumerateArray().Select(Id));
        Assert.Empty((await client.BackupsAsync(id, "?type=scheduled")).Ok().Data.EnumerateArray());
        foreach (var query in new[] { "?sort=name", "?type=x", "?limit=0" })
            Assert.Equal((400, "validation_failed"), (await client.BackupsAsync(id, query)).Refusal);
        Assert.Equal((400, "validation_failed"), (await client.BackUpAsync(id, new { expiresInDays = 366 })).Refusal);
    }

    [Fact]
    public async Task Restore_InPlace_BringsTheDataBackAndKeepsWhatItReplaced()
    {
        var (_, client, id) = await _lab.StartAsync();
        var backup = await BackedUpAsync(client, id);
        (await client.SqlAsync(id, "DELETE FROM t; INSERT INTO t VALUES ('later'); CREATE TABLE later (id)")).Ok();

        var restore = (await client.RestoreAsync(id, backup, new { })).Ok(HttpStatusCode.Accepted).Data;

        Assert.Equal(("running", "in_place", id, id), (Text(restore, "status"), Text(restore, "mode"), restore.GetProperty("databaseId").GetGuid(), restore.GetProperty("targetDatabaseId").GetGuid()));
        var last = await RestoredAsync(client, id, restore);
        Assert.Equal(("succeeded", backup), (Text(last, "status"), last.GetProperty("backupId").GetGuid()));
        Assert.Equal("a,b", await client.ValueAsync(id, "SELECT group_concat(v) FROM t"));
        Assert.Equal(1, (await client.GetAsync(id)).Data.GetProperty("tableCount").GetInt32());
        (await client.SqlAsync(id, "INSERT INTO t VALUES ('c')")).Ok();

        var safety = Assert.Single((await client.BackupsAsync(id, "?type=pre_restore")).Ok().Data.EnumerateArray());
        await RestoredAsync(client, id, (await client.RestoreAsync(id, Id(safety), new { safetyBackup = false })).Ok(HttpStatusCode.Accepted).Data);
        Assert.Equal("later", await client.ValueAsync(id, "SELECT group_concat(v) FROM t"));
        Assert.Equal(2, (await client.BackupsAsync(id)).Body.GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Restore_IntoANewDatabase_LeavesTheOldOneAsItIs()
    {
        var (_, client, id) = await _lab.StartAsync();
        var backup = await BackedUpAsync(client, id);
        (await client.SqlAsync(id, "DELETE FROM t")).Ok();

        Assert.Equal((400, "validation_failed"), (await client.RestoreAsync(id, backup, new { mode = "new" })).Refusal);
        Assert.Equal((409, "name_taken"), (await client.RestoreAsync(id, backup, new { mode = "new", name = "main" })).Refusal);
        var restore = (await client.RestoreAsync(id, backup, new { mode = "new", name = "copy" })).Ok(HttpStatusCode.Accepted).Data;

        var target = restore.GetProperty("targetDatabaseId").GetGuid();
        await RestoredAsync(client, target, restore);
        Assert.Equal(("0", "a,b"), (await client.ValueAsync(id, "SELECT count(*) FROM t"), await client.ValueAsync(target, "SELECT group_concat(v) FROM t")));
        Assert.Equal(("copy", "available", 1), (Text((await client.GetAsync(target)).Data, "name"), Text((await client.GetAsync(target)).Data, "status"), (await client.GetAsync(target)).Data.GetProperty("tableCount").GetInt32()));
    }

    [Fact]
    public async Task Restore_OfWhatIsNotWhole_IsRefusedAndChangesNothing()
    {
        var (_, client, id) = await _lab.StartAsync();
        var backup = await BackedUpAsync(client, id);
        var key = BackupFiles.KeyOf(await _lab.RowAsync(backup));
        var blobs = app.Services.GetRequiredService<IBlobStore>();
        await blobs.WriteAsync(key, new MemoryStream([1, 2, 3]), BackupFiles.MediaType, CancellationToken.None);

        Assert.Equal((409, "backup_corrupt"), (await client.RestoreAsync(id, backup, new { })).Refusal);

        // Whole, and no database.
        var junk = Zipped(new byte[9000]);
        var stored = await blobs.WriteAsync(key, new MemoryStream(junk), BackupFiles.MediaType, CancellationToken.None);
        await _lab.ChangeAsync(db => db.DatabaseBackups.Where(row => row.Id == backup), row => row.Sha256 = stored.Sha256);
        var restore = (await client.RestoreAsync(id, backup, new { safetyBackup = false })).Ok(HttpStatusCode.Accepted).Data;
        Assert.Equal("failed", Text(await RestoredAsync(client, id, restore), "status"));
        Assert.Equal("a,b", await client.ValueAsync(id, "SELECT group_concat(v) FROM t"));
        var copy = (await client.RestoreAsync(id, backup, new { mode = "new", name = "copy" })).Ok(HttpStatusCode.Accepted).Data;
        var target = copy.GetProperty("targetDatabaseId").GetGuid();
        await RestoredAsync(client, target, copy);
        Assert.Equal("error", Text((await client.GetAsync(target)).Data, "status"));

        // More than the database may be.
        stored = await blobs.WriteAsync(key, new MemoryStream(Zipped(new byte[3_000_000])), BackupFiles.MediaType, CancellationToken.None);
        await _lab.ChangeAsync(db => db.DatabaseBackups.Where(row => row.Id == backup), row => row.Sha256 = stored.Sha256);
        (await client.ChangeAsync(id, new { maxSizeMb = 1 })).Ok();
        restore = (await client.RestoreAsync(id, backup, new { safetyBackup = false })).Ok(HttpStatusCode.Accepted).Data;
        Assert.Contains("larger", Text(await RestoredAsync(client, id, restore), "error"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LiveBackup_KeepsOthersAway()
    {
        var (_, client, id) = await _lab.StartAsync();
        var backup = await BackedUpAsync(client, id);
        await _lab.ChangeAsync(db => db.DatabaseBackups.Where(row => row.Id == backup), row => row.Status = BackupStatus.Running);

        Assert.Equal((409, "backup_in_progress"), (await client.BackUpAsync(id, new { })).Refusal);
        Assert.Equal((409, "backup_in_progress"), (await client.DeleteBackupAsync(id, backup)).Refusal);
        Assert.Equal((409, "backup_not_completed"), (await client.RestoreAsync(id, backup, new { })).Refusal);
        Assert.Equal((409, "backup_not_completed"), (await client.DownloadAsync(id, backup)).Refusal);
        Assert.Equal((409, "backup_in_progress"), (await client.DeleteAsync(id, "?finalBackup=true")).Refusal);

        await _lab.ChangeAsync(db => db.DatabaseBackups.Where(row => row.Id == backup), row => row.Status = BackupStatus.Completed);
        await _lab.ChangeAsync(db => db.Databases.Where(row => row.Id == id), row => row.RestoringBackupId = backup);
        Assert.Equal((409, "backup_in_use"), (await client.DeleteBackupAsync(id, backup)).Refusal);
        await _lab.ChangeAsync(db => db.Databases.Where(row => row.Id == id), row => row.RestoringBackupId = null);
        var key = BackupFiles.KeyOf(await _lab.RowAsync(backup));
        Assert.Equal($$"""{"id":"{{backup}}","deleted":true}""", (await client.DeleteBackupAsync(id, backup)).Ok().Data.ToString());
        Assert.Equal((404, "not_found"), (await client.DeleteBackupAsync(id, backup)).Refusal);
        Assert.Null(await app.Services.GetRequiredService<IBlobStore>().GetPropertiesAsync(key, CancellationToken.None));
    }

    [Fact]
    public async Task Deletion_TakesTheBackupsAndLeavesTheFinalOne()
    {
        var (user, client, id) = await _lab.StartAsync();
        var old = await BackedUpAsync(client, id);

        Assert.Equal("deleted", Text((await client.DeleteAsync(id, "?finalBackup=true")).Ok().Data, "status"));

        await using var scope = app.As(Caller.Platform);
        var left = await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().DatabaseBackups.AsNoTracking().SingleAsync(row => row.DatabaseId == id);
        Assert.Equal(("final", BackupStatus.Completed, true), (left.Name, left.Status, left.ExpiresAt > left.CreatedAt.AddDays(6.9)));
        using var download = await user.Client.GetAsync($"/api/databases/{id}/backups/{left.Id}/download");
        Assert.Equal(HttpStatusCode.OK, download.StatusCode);
        Assert.Equal((404, "not_found"), (await client.DownloadAsync(id, old)).Refusal);

        await _lab.ChangeAsync(db => db.DatabaseBackups.Where(row => row.Id == left.Id), (db, row) => db.Entry(row).Property(found => found.ExpiresAt).CurrentValue = DateTimeOffset.UtcNow.AddMinutes(-1));
        Assert.Equal((410, "gone"), (await client.DownloadAsync(id, left.Id)).Refusal);
        await app.Services.GetRequiredService<DatabaseSweep>().RunAsync(CancellationToken.None);
        Assert.Equal((404, "not_found"), (await client.DownloadAsync(id, left.Id)).Refusal);
    }

    [Fact]
    public async Task Backups_OfOthers_AreOutOfReach()
    {
        var (owner, client, id) = await _lab.StartAsync();
        var backup = await BackedUpAsync(client, id);
        var (member, viewer) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        await app.JoinAsync(member, owner, OrganizationRole.Member);
        await app.JoinAsync(viewer, owner, OrganizationRole.Viewer);
        var (asMember, asViewer, asStranger) = (new DatabaseClient(member), new DatabaseClient(viewer), new DatabaseClient(await app.CreateUserAsync()));
        var other = await client.CreatedAsync("other");

        Assert.Equal((404, "not_found"), (await client.RestoreAsync(other, backup, new { })).Refusal);
        Assert.Equal((404, "not_found"), (await client.DownloadAsync(other, backup)).Refusal);
        foreach (var answer in new[]
                 {
                     await asStranger.BackupsAsync(id), await asStranger.BackUpAsync(id, new { }), await asStranger.DownloadAsync(id, backup), await asStranger.DeleteBackupAsync(id, backup),
                     await asStranger.RestoreAsync(id, backup, new { }), await asStranger.ScheduleAsync(id, Json("""{"enabled":true}""")),
                 })
            Assert.Equal((404, "not_found"), answer.Refusal);
        (await asViewer.BackupsAsync(id)).Ok();
        foreach (var answer in new[] { await asViewer.BackUpAsync(id, new { }), await asViewer.DeleteBackupAsync(id, backup), await asMember.RestoreAsync(id, backup, new { }), await asMember.DownloadAsync(id, backup) })
            Assert.Equal((403, "forbidden"), answer.Refusal);
        Assert.Equal((403, "forbidden"), (await (await _lab.TokenAsync(owner, "databases:*")).DownloadAsync(id, backup)).Refusal);
        Assert.Equal((404, "not_found"), (await client.RestoreAsync(id, Guid.CreateVersion7(), new { })).Refusal);
    }
}

public sealed class BackupOnSqliteTests(SqliteApp fixture) : BackupTests(fixture.App), IClassFixture<SqliteApp>;

public sealed class BackupOnPostgresTests(PostgresApp fixture) : BackupTests(fixture.App), IClassFixture<PostgresApp>;
