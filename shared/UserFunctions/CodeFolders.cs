using System.Globalization;
using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace Platform.UserFunctions;

/// <summary>
/// Folders that workers see: short names, since the path of a Unix socket has at most 107 bytes, and open to be entered but not listed, since each sandbox runs as a user of
/// its own. What processes that are no more have left goes at the start.
/// </summary>
public sealed class CodeFolders : IDisposable
{
    private const string Prefix = "pfn-";

    private readonly Lazy<string> _root = new(CreateRoot);

    /// <summary>A new empty folder that goes when it is disposed of.</summary>
    public FunctionFolder Temporary()
    {
        var path = Path.Combine(_root.Value, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12)));
        Directory.CreateDirectory(path);
        Open(path);
        return new FunctionFolder(path);
    }

    public void Dispose()
    {
        if (_root.IsValueCreated)
            FunctionFolder.Remove(_root.Value);
    }

    /// <summary>Lets every user read what is in a folder.</summary>
    public static void Open(string path)
    {
        if (!OperatingSystem.IsLinux())
            return;
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, FolderMode);
        foreach (var entry in new DirectoryInfo(path).EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
            entry.UnixFileMode = entry is DirectoryInfo ? FolderMode : entry.UnixFileMode | ReadByAll;
    }

    [SupportedOSPlatform("linux")]
    private static UnixFileMode FolderMode => UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    [SupportedOSPlatform("linux")]
    private static UnixFileMode ReadByAll => UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private static string CreateRoot()
    {
        RemoveLeftOvers();
        var root = Path.Combine(Path.GetTempPath(), $"{Prefix}{Environment.ProcessId}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}");
        Directory.CreateDirectory(root);
        if (OperatingSystem.IsLinux())
            File.SetUnixFileMode(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        return root;
    }

    private static void RemoveLeftOvers()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path.GetTempPath(), $"{Prefix}*"))
        {
            var words = Path.GetFileName(folder)[Prefix.Length..].Split('-');
            if (words.Length == 2 && int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var process) && !Directory.Exists($"/proc/{process}"))
                FunctionFolder.Remove(folder);
        }
    }
}

/// <summary>A folder of this host that goes when it is disposed of.</summary>
public sealed class FunctionFolder(string path) : IDisposable
{
    public string Path { get; } = path;

    public void Dispose() => Remove(Path);

    internal static void Remove(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // gone already, or somebody else's; the next process tries again
        }
    }
}
