using System.Net;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Blobs;
using Platform.Databases;
using Platform.Identity;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;

using static Platform.Tests.Databases.BackupLab;

namespace Platform.Tests.Databases;

/// <summary>A node whose time stands still during a backup: another makes the backup instead, and what the first does later changes nothing.</summary>
public abstract class PausedBackupTests(PlatformApp app)
{
    private readonly BackupLab _lab = new(app);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Backup_OfANodeThatGoesOnLate_LeavesThatOfItsSuccessor(bool hasStored)
    {
        var (user, client, id) = await _lab.StartAsync();
        var backup = await BackedUpAsync(client, id);
        await _lab.ChangeAsync(db => db.DatabaseBackups.Where(row => row.Id == backup), row => row.Status = BackupStatus.Running);
        var blobs = new PausingBlobs(app.Services.GetRequiredService<IBlobStore>(), hasStored);
        var paused = MakeAsync(backup, blobs);
        await blobs.Arrived.WaitAsync(TimeSpan.FromSeconds(20));
        (await client.SqlAsync(id, "INSERT INTO t VALUES ('later')")).Ok();

        await MakeAsync(backup, app.Services.GetRequiredService<IBlobStore>());
        var (made, content) = (await _lab.RowAsync(backup), await DownloadAsync(user, id, backup));
        Assert.Null(await blobs.Inner.GetPropertiesAsync(blobs.Key!, CancellationToken.None));
        Assert.Empty(_lab.TemporaryFilesOf(blobs.Key!));
        blobs.Continue();
        await paused;

        Assert.Equal((BackupStatus.Completed, Digest(content)), (made.Status, made.Sha256));
        var after = await _lab.RowAsync(backup);
        Assert.Equal((made.Sha256, made.CompletedAt), (after.Sha256, after.CompletedAt));
        Assert.Equal(made.Sha256, Digest(await DownloadAsync(user, id, backup)));
        Assert.Null(await blobs.Inner.GetPropertiesAsync(blobs.Key!, CancellationToken.None));
        (await client.DeleteBackupAsync(id, backup)).Ok();
        Assert.Null(await blobs.Inner.GetPropertiesAsync(BackupFiles.KeyOf(made), CancellationToken.None));
    }

    private async Task MakeAsync(Guid backup, IBlobStore blobs)
    {
        await using var scope = app.As(Caller.Platform);
        var files = ActivatorUtilities.CreateInstance<BackupFiles>(scope.ServiceProvider, blobs);
        await ActivatorUtilities.CreateInstance<MakeBackup>(scope.ServiceProvider, files).RunAsync(backup, CancellationToken.None);
    }

    private static async Task<byte[]> DownloadAsync(TestUser user, Guid id, Guid backup)
    {
        using var answer = await user.Client.GetAsync($"/api/databases/{id}/backups/{backup}/download");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsByteArrayAsync();
    }

    private static string Digest(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    // Stands still before or after it writes.
    private sealed class PausingBlobs(IBlobStore inner, bool hasStored) : IBlobStore
    {
        private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _continue = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IBlobStore Inner => inner;

        public Task Arrived => _arrived.Task;

        public string? Key { get; private set; }

        public void Continue() => _continue.SetResult();

        public async Task<BlobProperties> WriteAsync(string key, Stream content, string contentType, CancellationToken ct)
        {
            Key = key;
            if (hasStored)
            {
                var stored = await inner.WriteAsync(key, content, contentType, ct);
                await StandStillAsync();
                return stored;
            }

            await StandStillAsync();
            return await inner.WriteAsync(key, content, contentType, ct);
        }

        public Task<Stream?> OpenReadAsync(string key, CancellationToken ct) => inner.OpenReadAsync(key, ct);

        public Task<BlobProperties?> GetPropertiesAsync(string key, CancellationToken ct) => inner.GetPropertiesAsync(key, ct);

        public Task DeleteAsync(string key, CancellationToken ct) => inner.DeleteAsync(key, ct);

        public IAsyncEnumerable<BlobProperties> ListAsync(string prefix, CancellationToken ct) => inner.ListAsync(prefix, ct);

        private Task StandStillAsync()
        {
            _arrived.SetResult();
            return _continue.Task;
        }
    }
}

public sealed class PausedBackupOnSqliteTests(SqliteApp fixture) : PausedBackupTests(fixture.App), IClassFixture<SqliteApp>;

public sealed class PausedBackupOnPostgresTests(PostgresApp fixture) : PausedBackupTests(fixture.App), IClassFixture<PostgresApp>;
