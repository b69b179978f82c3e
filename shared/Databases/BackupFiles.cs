using System.Security.Cryptography;
using System.Text;
using Platform.Blobs;

namespace Platform.Databases;

/// <summary>
/// The content of backups in the blob store, in the format of the database's engine. Each attempt has names of its own for what it stores and for what it needs on the way, which lies
/// in a private folder and is always removed: an attempt that goes on late touches nothing of its successor's.
/// </summary>
public sealed class BackupFiles(IBlobStore blobs, DatabaseFiles files, DatabaseEngines engines)
{
    public const string MediaType = "application/gzip";

    private const string Prefix = "database-backups/";

    public static string MediaTypeOf(BackupFormat format) => format == BackupFormat.Sqlite ? MediaType : "application/octet-stream";

    public static string FileNameOf(DatabaseBackup backup) => $"{backup.Id:N}.{(backup.Format == BackupFormat.Sqlite ? "db.gz" : "dump")}";

    /// <summary>Copies the database as it is at one moment and stores the copy; throws when it cannot.</summary>
    public async Task<BlobProperties> StoreAsync(ManagedDatabase database, DatabaseBackup backup, CancellationToken ct)
    {
        var copy = files.TemporaryPath($"{ContentOf(backup):N}.backup");
        try
        {
            DatabaseFiles.CreateFile(copy);
            await engines.Of(database).BackUpAsync(database, copy, ct);
            await using var content = File.OpenRead(copy);
            return await blobs.WriteAsync(KeyOf(backup), content, MediaTypeOf(backup.Format), ct);
        }
        finally
        {
            DatabaseFiles.DeleteFile(copy);
        }
    }

    /// <summary>Null when the content is lost.</summary>
    public Task<Stream?> OpenAsync(DatabaseBackup backup, CancellationToken ct) => blobs.OpenReadAsync(KeyOf(backup), ct);

    /// <summary>Whether what is stored is what was stored.</summary>
    public async Task<bool> IsWholeAsync(DatabaseBackup backup, CancellationToken ct)
    {
        await using var content = await OpenAsync(backup, ct);
        if (content is null || backup.Sha256 is null)
            return false;
        var digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, ct));
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(digest), Encoding.ASCII.GetBytes(backup.Sha256));
    }

    /// <summary>Puts a backup in the place of the database at one stroke; throws when it cannot, and then all is as it was.</summary>
    public async Task<MadeDatabase> RestoreAsync(DatabaseBackup backup, ManagedDatabase target, Func<CancellationToken, Task> ready, CancellationToken ct)
    {
        await using var content = await OpenAsync(backup, ct) ?? throw new BackupException("The stored backup is gone");
        return await engines.Of(target).RestoreAsync(target, content, ready, ct);
    }

    public Task DeleteAsync(DatabaseBackup backup, CancellationToken ct) => DeleteAsync(ContentOf(backup), ct);

    /// <summary>Deletes what an attempt has left, stored and on the way.</summary>
    public async Task DeleteAsync(Guid contentId, CancellationToken ct)
    {
        files.DeleteTemporary($"{contentId:N}");
        await blobs.DeleteAsync(KeyOf(contentId), ct);
    }

    internal static Guid ContentOf(DatabaseBackup backup) => backup.ContentId ?? backup.Id;

    internal static string KeyOf(DatabaseBackup backup) => KeyOf(ContentOf(backup));

    private static string KeyOf(Guid contentId) => $"{Prefix}{contentId:N}";
}

/// <summary>A backup could not be made or restored; the message is for its users.</summary>
public sealed class BackupException(string message) : Exception(message);
