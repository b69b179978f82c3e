using System.Buffers;

namespace Platform.Archives;

/// <summary>
/// One unpacking. Links are made last: until then no entry can be written through one, and every folder on the way is a real one.
/// </summary>
internal sealed class ArchiveUnpacking(string folder, ArchiveLimits limits)
{
    private readonly Dictionary<string, string> _links = new(StringComparer.Ordinal);
    private readonly HashSet<string> _tops = new(StringComparer.Ordinal);
    private bool _hasTopFile;
    private int _entries;
    private int _files;
    private long _bytes;

    public Error? Folder(string name)
    {
        if (Enter(name) is not { } path)
            return Refusal(name);
        if (path.Length == 0)
            return null;
        if (File.Exists(Host(path)) || _links.ContainsKey(path))
            return ArchiveErrors.Clash(name);
        return MakeFolder(path) ? Seen(path, isFolder: true) : ArchiveErrors.Clash(name);
    }

    public async ValueTask<Error?> FileAsync(string name, Stream content, bool isExecutable, CancellationToken ct)
    {
        if (Enter(name) is not { Length: > 0 } path)
            return Refusal(name);
        if (_links.ContainsKey(path) || Directory.Exists(Host(path)) || !MakeFolder(Path.GetDirectoryName(path)!))
            return ArchiveErrors.Clash(name);
        await using (var file = File.Create(Host(path)))
        {
            if (!await CopyAsync(content, file, ct))
                return ArchiveErrors.TooLarge(limits.Bytes);
        }
        UnixFiles.SetMode(Host(path), isExecutable ? UnixFiles.Executable : UnixFiles.Plain);
        _files++;
        return Seen(path, isFolder: false);
    }

    public Error? SymbolicLink(string name, string target)
    {
        if (Enter(name) is not { Length: > 0 } path)
            return Refusal(name);
        if (Path.Exists(Host(path)) || !MakeFolder(Path.GetDirectoryName(path)!))
            return ArchiveErrors.Clash(name);
        if (!IsForward(target))
            return ArchiveErrors.Link(name);
        _links[path] = target;
        return Seen(path, isFolder: false);
    }

    /// <summary>A hard link becomes a copy of the file, which must have come before.</summary>
    public async ValueTask<Error?> HardLinkAsync(string name, string target, CancellationToken ct)
    {
        if (ArchivePath.TryNormalize(target) is not { Length: > 0 } source || !File.Exists(Host(source)))
            return ArchiveErrors.Link(name);
        await using var content = File.OpenRead(Host(source));
        return await FileAsync(name, content, UnixFiles.IsExecutable(Host(source)), ct);
    }

    public Result<UnpackedArchive> Finish()
    {
        if (_files == 0)
            return ArchiveErrors.Empty;
        var top = !_hasTopFile && _tops.Count == 1 ? _tops.Single() : null;
        foreach (var (path, target) in _links)
        {
            // Relative to the root to be: what lies beside a lone top folder is outside.
            var depth = path.Count(c => c == '/') - (top is null ? 0 : 1);
            if (target.Split('/').Count(part => part == "..") > depth)
                return ArchiveErrors.Link(path);
            if (Path.Exists(Host(path)))
                return ArchiveErrors.Clash(path);
            File.CreateSymbolicLink(Host(path), target);
        }
        if (top is not null)
            Lift(top);
        return new UnpackedArchive(_files, _bytes);
    }

    // Upward parts only in front: a ".." behind a name could climb from wherever a link of that name leads.
    private static bool IsForward(string target)
    {
        if (target.Length is 0 or > ArchivePath.Longest || target[0] == '/' || target.Any(char.IsControl) || target.Contains('\\'))
            return false;
        var parts = target.Split('/');
        return Array.LastIndexOf(parts, "..") < parts.TakeWhile(part => part is "..").Count();
    }

    private string? Enter(string name) => ++_entries > limits.Entries ? null : ArchivePath.TryNormalize(name);

    private Error Refusal(string name) => _entries > limits.Entries ? ArchiveErrors.TooManyEntries(limits.Entries) : ArchiveErrors.Path(name);

    private Error? Seen(string path, bool isFolder)
    {
        var slash = path.IndexOf('/');
        _tops.Add(slash < 0 ? path : path[..slash]);
        _hasTopFile |= slash < 0 && !isFolder;
        return null;
    }

    /// <summary>False when a file or a link is in the way.</summary>
    private bool MakeFolder(string path)
    {
        for (var at = path; at.Length > 0; at = Path.GetDirectoryName(at)!)
        {
            if (_links.ContainsKey(at) || File.Exists(Host(at)))
                return false;
        }
        Directory.CreateDirectory(Host(path));
        return true;
    }

    private async Task<bool> CopyAsync(Stream from, FileStream to, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(80 << 10);
        try
        {
            while (await from.ReadAsync(buffer, ct) is var read and > 0)
            {
                _bytes += read;
                if (_bytes > limits.Bytes)
                    return false;
                await to.WriteAsync(buffer.AsMemory(0, read), ct);
            }
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Lift(string top)
    {
        var aside = $"{folder.TrimEnd('/')}.top";
        Directory.Move(Host(top), aside);
        Directory.Delete(folder);
        Directory.Move(aside, folder);
    }

    private string Host(string path) => Path.Combine(folder, path);
}
