using System.IO.Enumeration;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Platform.Builds;

/// <summary>
/// The folders in which builds of this installation work, one each, named after the build. They are outside the data directory, which nobody but the platform's own user
/// may enter: what runs in a sandbox is another user.
/// </summary>
public sealed class BuildFolders
{
    public BuildFolders(DataDirectory data, IOptions<BuildOptions> options)
    {
        var installation = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(data.Path)).AsSpan(0, 6));
        Root = options.Value.Directory is { Length: > 0 } folder ? Path.GetFullPath(folder) : Path.Combine(Path.GetTempPath(), $"platform-builds-{installation}");
    }

    internal string Root { get; }

    internal string Of(Guid name) => Path.Combine(Root, name.ToString("N"));

    /// <summary>An empty folder with the subfolders that a build's sandbox sees.</summary>
    internal string Create(Guid name)
    {
        if (new DirectoryInfo(Root) is { Exists: true, LinkTarget: not null })
            throw new InvalidOperationException("The folder of builds is a link");
        UnixFiles.CreateFolder(Root, UnixFiles.PassableFolder);
        Delete(name);
        var folder = Of(name);
        foreach (var part in new[] { folder, Path.Combine(folder, Workspace.SourceName), Path.Combine(folder, Workspace.HomeName) })
            UnixFiles.CreateFolder(part, UnixFiles.OwnerFolder);
        return folder;
    }

    internal void Delete(Guid name)
    {
        var folder = Of(name);
        if (!Directory.Exists(folder))
            return;
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (UnauthorizedAccessException)
        {
            MakeWritable(folder); // what ran there may have taken the right to delete from its own folders
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The builds that have a folder here.</summary>
    internal IEnumerable<Guid> All() => Directory.Exists(Root)
        ? Directory.EnumerateDirectories(Root).Select(path => Guid.TryParseExact(Path.GetFileName(path), "N", out var id) ? id : (Guid?)null).OfType<Guid>()
        : [];

    /// <summary>Bytes of all files below the folder; links are not followed.</summary>
    internal static long SizeOf(string folder) => new FileSystemEnumerable<long>(
        folder, static (ref FileSystemEntry entry) => entry.IsDirectory ? 0 : entry.Length, new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true })
    {
        ShouldRecursePredicate = static (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
    }.Sum();

    private static void MakeWritable(string folder)
    {
        UnixFiles.SetMode(folder, UnixFiles.OwnerFolder);
        foreach (var inner in new DirectoryInfo(folder).EnumerateDirectories().Where(inner => inner.LinkTarget is null))
            MakeWritable(inner.FullName);
    }
}
