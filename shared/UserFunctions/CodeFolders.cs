using System.IO.Enumeration;
using Platform.Sandbox;

namespace Platform.UserFunctions;

/// <summary>Folders that workers see: each sandbox runs as a user of its own, so all may read them who know their names.</summary>
public sealed class CodeFolders
{
    private const UnixFileMode ReadByAll = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>A new empty folder that goes when it is disposed of.</summary>
    public FunctionFolder Temporary()
    {
        var path = WorkFolders.Create();
        Open(path);
        return new FunctionFolder(path);
    }

    /// <summary>Folders before what is in them, hidden ones too; links are not followed.</summary>
    internal static FileSystemEnumerable<FileSystemInfo> EntriesOf(string folder) =>
        new(folder, static (ref FileSystemEntry entry) => entry.ToFileSystemInfo(), new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
        {
            ShouldRecursePredicate = static (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };

    /// <summary>Lets every user read what is in a folder.</summary>
    public static void Open(string path)
    {
        if (!OperatingSystem.IsLinux())
            return;
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, UnixFiles.Executable);
        foreach (var entry in new DirectoryInfo(path).EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
            entry.UnixFileMode = entry is DirectoryInfo ? UnixFiles.Executable : entry.UnixFileMode | ReadByAll;
    }
}

/// <summary>A folder of this host that goes when it is disposed of.</summary>
public sealed class FunctionFolder(string path) : IDisposable
{
    public string Path { get; } = path;

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // what is left goes with the process
        }
    }
}
