using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Platform.Blobs;

/// <summary>
/// Blobs as files below one folder. A blob is one file (<see cref="BlobFileHeader"/>, then the content), written beside and renamed into place after
/// it has reached the disk, so that a reader sees the old or the new blob and a crash leaves neither half. File names end in <c>@</c>, which no key
/// contains: blob <c>a</c> and blob <c>a/b</c> can both exist.
/// </summary>
public sealed class FolderBlobStore : IBlobStore
{
    private const string Suffix = "@";
    private const int BufferSize = 128 * 1024;
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromDays(1);
    private static readonly TimeSpan LookEvery = TimeSpan.FromHours(1);

    private readonly string _root;
    private readonly string _staging;
    private readonly TimeProvider _clock;
    private long _lookedAt;

    public FolderBlobStore(string root, TimeProvider clock)
    {
        _root = Path.GetFullPath(root);
        _staging = Path.Combine(_root, "@staging");
        _clock = clock;
        Directory.CreateDirectory(_staging);
        DeleteAbandoned();
    }

    public async Task<BlobProperties> WriteAsync(string key, Stream content, string contentType, CancellationToken ct)
    {
        var target = PathOf(BlobKey.Check(key));
        if (_clock.GetElapsedTime(Volatile.Read(ref _lookedAt)) > LookEvery)
            DeleteAbandoned();
        var temporary = Path.Combine(_staging, Guid.CreateVersion7(_clock.GetUtcNow()).ToString("N"));
        try
        {
            var properties = await StageAsync(temporary, key, content, contentType, ct);
            Publish(temporary, target);
            return properties;
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    public async Task<Stream?> OpenReadAsync(string key, CancellationToken ct)
    {
        if (Open(PathOf(BlobKey.Check(key))) is not { } file)
            return null;
        try
        {
            var properties = await BlobFileHeader.ReadAsync(file, key, ct);
            return new BlobFileStream(file, properties.Length);
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    public async Task<BlobProperties?> GetPropertiesAsync(string key, CancellationToken ct)
    {
        if (Open(PathOf(BlobKey.Check(key))) is not { } file)
            return null;
        await using (file)
            return await BlobFileHeader.ReadAsync(file, key, ct);
    }

    public Task DeleteAsync(string key, CancellationToken ct)
    {
        var path = PathOf(BlobKey.Check(key));
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            return Task.CompletedTask;
        }

        DeleteEmptyFolders(Path.GetDirectoryName(path)!);
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<BlobProperties> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var key in KeysBelow(BlobKey.CheckPrefix(prefix)))
        {
            if (await GetPropertiesAsync(key, ct) is { } properties) // null: deleted since the folder was read
                yield return properties;
        }
    }

    private async Task<BlobProperties> StageAsync(string temporary, string key, Stream content, string contentType, CancellationToken ct)
    {
        await using var file = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 });
        file.Position = BlobFileHeader.Length;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferSize];
        long length = 0;
        while (await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct) is var read and > 0)
        {
            hash.AppendData(buffer, 0, read);
            await file.WriteAsync(buffer.AsMemory(0, read), ct);
            length += read;
        }

        var properties = new BlobProperties(key, length, contentType, Convert.ToHexStringLower(hash.GetHashAndReset()), _clock.GetUtcNow());
        file.Position = 0;
        await file.WriteAsync(BlobFileHeader.Write(properties), ct);
        file.Flush(flushToDisk: true);
        return properties;
    }

    private static void Publish(string temporary, string target)
    {
        var folder = Path.GetDirectoryName(target)!;
        for (var attempt = 0; ; attempt++)
        {
            Directory.CreateDirectory(folder);
            try
            {
                File.Move(temporary, target, overwrite: true);
                break;
            }
            catch (DirectoryNotFoundException) when (attempt < 100)
            {
                // A concurrent delete of the folder's last blob removed the folder between the two calls.
            }
        }

        DurableFolder.Flush(folder);
    }

    private static FileStream? Open(string path)
    {
        try
        {
            return new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Read,
                Share = FileShare.Read | FileShare.Delete,
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
                BufferSize = 0,
            });
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private List<string> KeysBelow(string prefix)
    {
        var folder = prefix.LastIndexOf('/') is var slash and > 0 ? Path.Combine(_root, prefix[..slash]) : _root;
        if (!Directory.Exists(folder))
            return [];
        var keys = Directory.EnumerateFiles(folder, "*" + Suffix, new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true })
            .Select(path => Path.GetRelativePath(_root, path)[..^Suffix.Length].Replace('\\', '/'))
            .Where(key => key.StartsWith(prefix, StringComparison.Ordinal))
            .ToList();
        keys.Sort(StringComparer.Ordinal);
        return keys;
    }

    private void DeleteEmptyFolders(string folder)
    {
        try
        {
            for (; folder.Length > _root.Length; folder = Path.GetDirectoryName(folder)!)
                Directory.Delete(folder);
        }
        catch (IOException)
        {
            // Not empty, or another delete was faster.
        }
    }

    /// <summary>Files of writes that a crash interrupted. Younger ones may belong to another process that shares the folder.</summary>
    private void DeleteAbandoned()
    {
        Volatile.Write(ref _lookedAt, _clock.GetTimestamp());
        var limit = _clock.GetUtcNow() - AbandonedAfter;
        foreach (var path in Directory.EnumerateFiles(_staging).Where(path => File.GetLastWriteTimeUtc(path) < limit.UtcDateTime))
            File.Delete(path);
    }

    private string PathOf(string key) => Path.Combine(_root, key) + Suffix;
}
