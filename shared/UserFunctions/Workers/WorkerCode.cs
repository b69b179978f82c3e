using Platform.Archives;

namespace Platform.UserFunctions;

/// <summary>Unpacked code on this host: once for each function and digest, as long as a worker needs it and a while longer.</summary>
public sealed class WorkerCode(FunctionCode code, CodeFolders folders, TimeProvider clock)
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<(Guid Function, string Sha256), Entry> _entries = [];

    /// <summary>The folder of a version, until the lease is disposed of; null when the code is lost or cannot be unpacked.</summary>
    internal async Task<Lease?> RentAsync(Guid functionId, string sha256)
    {
        var key = (functionId, sha256);
        Entry entry;
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out entry!))
                _entries.Add(key, entry = new Entry(new Lazy<Task<FunctionFolder?>>(() => UnpackAsync(functionId, sha256))));
            entry.Users++;
        }

        FunctionFolder? folder = null;
        try
        {
            folder = await entry.Folder.Value;
        }
        finally
        {
            if (folder is null)
                Forget(key, entry);
        }

        return folder is null ? null : new Lease(folder.Path, () => Return(entry));
    }

    /// <summary>A folder of a version for one worker, which may change it; null as with <see cref="RentAsync"/>.</summary>
    internal async Task<Lease?> CopyAsync(Guid functionId, string sha256)
    {
        var folder = await UnpackAsync(functionId, sha256);
        return folder is null ? null : new Lease(folder.Path, folder.Dispose);
    }

    /// <summary>A folder of code that is not kept.</summary>
    internal async Task<Lease?> UnpackAsync(ReadOnlyMemory<byte> packed)
    {
        var folder = await UnpackAsync(new MemoryStream(packed.ToArray(), writable: false));
        return folder is null ? null : new Lease(folder.Path, folder.Dispose);
    }

    /// <summary>Removes what no worker has needed for a while.</summary>
    public void Trim()
    {
        List<Entry> old = [];
        lock (_gate)
        {
            foreach (var (key, entry) in _entries.Where(pair => pair.Value.Users == 0 && clock.GetElapsedTime(pair.Value.ReturnedAt) > Kept).ToList())
            {
                _entries.Remove(key);
                old.Add(entry);
            }
        }

        foreach (var entry in old.Where(entry => entry.Folder.Value.IsCompletedSuccessfully))
            _ = DisposeAsync(entry);
    }

    private static async Task DisposeAsync(Entry entry) => (await entry.Folder.Value)?.Dispose();

    private void Return(Entry entry)
    {
        lock (_gate)
        {
            entry.Users--;
            entry.ReturnedAt = clock.GetTimestamp();
        }
    }

    private void Forget((Guid, string) key, Entry entry)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out var found) && found == entry)
                _entries.Remove(key);
        }
    }

    private async Task<FunctionFolder?> UnpackAsync(Guid functionId, string sha256)
    {
        await using var packed = await code.OpenAsync(functionId, sha256, CancellationToken.None);
        return packed is null ? null : await UnpackAsync(packed);
    }

    private async Task<FunctionFolder?> UnpackAsync(Stream packed)
    {
        var folder = folders.Temporary();
        var unpacked = await SourceArchive.UnpackAsync(packed, folder.Path, FunctionCode.Limits, CancellationToken.None);
        if (!unpacked.IsOk)
        {
            folder.Dispose();
            return null;
        }

        CodeFolders.Open(folder.Path);
        return folder;
    }

    /// <summary>The right to a folder.</summary>
    internal sealed class Lease(string path, Action giveBack) : IDisposable
    {
        private Action? _giveBack = giveBack;

        public string Path { get; } = path;

        public void Dispose() => Interlocked.Exchange(ref _giveBack, null)?.Invoke();
    }

    private sealed class Entry(Lazy<Task<FunctionFolder?>> folder)
    {
        public Lazy<Task<FunctionFolder?>> Folder { get; } = folder;

        public int Users { get; set; }

        public long ReturnedAt { get; set; }
    }
}
