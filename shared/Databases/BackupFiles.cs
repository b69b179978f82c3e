using System.IO.Compression;
using System.Security.Cryptography;
using Platform.Blobs;

namespace Platform.Databases;

/// <summary>The content of backups: a database's file, compressed, in the blob store. What is needed on the way lies in a private folder and is always removed.</summary>
public sealed class BackupFiles(IBlobStore blobs, DatabaseFiles files, SqliteQueries sqlite)
{
    public const string MediaType = "application/gzip";

    private const string Prefix = "database-backups/";
    private const int Chunk = 64 * 1024;

    /// <summary>Copies the database as it is at one moment, checks the copy and stores it; throws when it cannot.</summary>
    public async Task<BlobProperties> StoreAsync(ManagedDatabase database, DatabaseBackup backup, CancellationToken ct)
    {
        var copy = files.TemporaryPath($"{backup.Id:N}.db");
        var packed = files.TemporaryPath($"{backup.Id:N}.gz");
        try
        {
            DatabaseFiles.CreateFile(copy);
            Demand(await sqlite.CopyAsync(database, copy, ct));
            Demand(await sqlite.CheckAsync(copy, ct));
            await PackAsync(copy, packed, ct);
            await using var content = File.OpenRead(packed);
            return await blobs.WriteAsync(KeyOf(backup.Id), content, MediaType, ct);
        }
        finally
        {
            DatabaseFiles.DeleteFile(copy);
            DatabaseFiles.DeleteFile(packed);
        }
    }

    /// <summary>Null when the content is lost.</summary>
    public Task<Stream?> OpenAsync(DatabaseBackup backup, CancellationToken ct) => blobs.OpenReadAsync(KeyOf(backup.Id), ct);

    /// <summary>Whether what is stored is what was stored.</summary>
    public async Task<bool> IsWholeAsync(DatabaseBackup backup, CancellationToken ct)
    {
        await using var content = await OpenAsync(backup, ct);
        if (content is null || backup.Sha256 is null)
            return false;
        var digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, ct));
        return CryptographicOperations.FixedTimeEquals(System.Text.Encoding.ASCII.GetBytes(digest), System.Text.Encoding.ASCII.GetBytes(backup.Sha256));
    }

    /// <summary>Unpacks and checks a backup, then puts it in the place of the database at one stroke; throws when it cannot, and then all is as it was.</summary>
    public async Task<DatabaseSize> RestoreAsync(DatabaseBackup backup, ManagedDatabase target, Func<CancellationToken, Task> quiet, CancellationToken ct)
    {
        var unpacked = files.TemporaryPath($"{backup.Id:N}-{target.Id:N}.db");
        try
        {
            DatabaseFiles.DeleteFile(unpacked);
            DatabaseFiles.CreateFile(unpacked);
            await UnpackAsync(backup, unpacked, DatabaseFiles.BytesOf(target.MaxSizeMb), ct);
            var size = Demand(await sqlite.CheckAsync(unpacked, ct));
            await quiet(ct);
            files.Replace(target, unpacked);
            return size;
        }
        finally
        {
            DatabaseFiles.DeleteFile(unpacked);
        }
    }

    public Task DeleteAsync(Guid backupId, CancellationToken ct) => blobs.DeleteAsync(KeyOf(backupId), ct);

    private static string KeyOf(Guid backupId) => $"{Prefix}{backupId:N}";

    private static async Task PackAsync(string from, string to, CancellationToken ct)
    {
        DatabaseFiles.CreateFile(to);
        await using var source = File.OpenRead(from);
        await using var target = File.OpenWrite(to);
        await using var zip = new GZipStream(target, CompressionLevel.Fastest);
        await source.CopyToAsync(zip, ct);
    }

    private async Task UnpackAsync(DatabaseBackup backup, string to, long limit, CancellationToken ct)
    {
        await using var content = await OpenAsync(backup, ct) ?? throw new BackupException("The stored backup is gone");
        await using var zip = new GZipStream(content, CompressionMode.Decompress);
        await using var target = File.OpenWrite(to);
        var buffer = new byte[Chunk];
        while (await zip.ReadAsync(buffer, ct) is > 0 and var read)
        {
            if (target.Length + read > limit)
                throw new BackupException("The backup is larger than the database may be");
            await target.WriteAsync(buffer.AsMemory(0, read), ct);
        }
    }

    private static T Demand<T>(Result<T> result) => result.IsOk ? result.Value : throw new BackupException(result.Error.Message);
}

/// <summary>A backup could not be made or restored; the message is for its users.</summary>
public sealed class BackupException(string message) : Exception(message);
