using Microsoft.Win32.SafeHandles;

namespace Platform.Sandbox.Linux;

/// <summary>The run's <c>/output</c>, held open from outside. It outlives the sandbox's processes, so it is read when nobody can change it any more.
/// Links are not followed; what is not a plain file is left out.</summary>
internal sealed class OutputFolder(Descriptor folder) : IDisposable
{
    private const int MostFiles = 256, MostEntries = 4096, DeepestFolder = 16;
    private const long MostBytes = 10L << 20;
    private long _bytes;
    private int _entries;

    /// <summary>Null until the sandbox has finished its mounts.</summary>
    public static OutputFolder? TryOpen(int init, SandboxRun run)
    {
        var root = $"/proc/{init}/root";
        if (!Directory.Exists(root + BubblewrapLaunch.Marker(run)))
            return null;
        return Descriptor.TryOpen($"{root}/output", Libc.O_DIRECTORY | Libc.O_NOFOLLOW) is { } folder ? new OutputFolder(folder) : null;
    }

    public static OutputFolder? OpenHost(string path) =>
        Descriptor.TryOpen(path, Libc.O_DIRECTORY | Libc.O_NOFOLLOW) is { } folder ? new OutputFolder(folder) : null;

    public IReadOnlyList<OutputFile> Read()
    {
        var files = new List<OutputFile>();
        Collect(new DirectoryInfo($"/proc/self/fd/{folder.Number}/"), "", 0, files);
        return [.. files.OrderBy(file => file.Name, StringComparer.Ordinal)];
    }

    public void Dispose() => folder.Dispose();

    private void Collect(DirectoryInfo directory, string prefix, int depth, List<OutputFile> files)
    {
        foreach (var entry in Entries(directory))
        {
            if (++_entries > MostEntries || files.Count >= MostFiles)
                return;
            if (entry.LinkTarget is not null)
                continue;
            if (entry is DirectoryInfo inner && depth < DeepestFolder)
                Collect(inner, $"{prefix}{inner.Name}/", depth + 1, files);
            else if (entry is FileInfo && ReadFile(entry.FullName) is { } content)
                files.Add(new OutputFile(prefix + entry.Name, content));
        }
    }

    private static List<FileSystemInfo> Entries(DirectoryInfo directory)
    {
        try
        {
            return [.. directory.EnumerateFileSystemInfos().Take(MostEntries)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private byte[]? ReadFile(string path)
    {
        var descriptor = Libc.open(path, Libc.O_RDONLY | Libc.O_NOFOLLOW | Libc.O_NONBLOCK | Libc.O_CLOEXEC);
        if (descriptor < 0)
            return null;
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        var length = Libc.lseek(descriptor, 0, 2); // fails on pipes
        if (length < 0 || _bytes + length > MostBytes)
            return null;
        var content = new byte[length];
        var read = RandomAccess.Read(handle, content, 0);
        _bytes += read;
        return read == length ? content : content[..read];
    }
}
