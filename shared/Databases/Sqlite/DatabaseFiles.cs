using Microsoft.Extensions.Options;

namespace Platform.Databases;

/// <summary>
/// Where the databases of the engine <c>sqlite</c> are: a file each, in a folder per organization, with names made of ids only and access for this process's user alone.
/// </summary>
public sealed class DatabaseFiles
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly string[] Companions = ["-journal", "-wal", "-shm", ""];

    private readonly string _root;

    public DatabaseFiles(DataDirectory data, IOptions<DatabaseOptions> options)
    {
        _root = options.Value.Directory is { Length: > 0 } folder ? Path.GetFullPath(folder) : data.Combine("databases");
        TemporaryFolder = Path.Combine(_root, "temp");
    }

    /// <summary>For what SQLite spills while queries run.</summary>
    public string TemporaryFolder { get; }

    public static long BytesOf(int mebibytes) => mebibytes * 1024L * 1024L;

    public string PathOf(ManagedDatabase database) => PathOf(database.OrganizationId, database.Id);

    /// <summary>An empty file for what this attempt will put in the database's place. Those of the attempts before it go: what goes on late finds none to put there.</summary>
    public string Stage(ManagedDatabase database)
    {
        DeleteStaged(database.Id);
        var path = TemporaryPath($"{StagedBeginning(database.Id)}{database.AttemptId:N}.db");
        CreateFile(path);
        return path;
    }

    public void DeleteStaged(Guid databaseId) => DeleteTemporary(StagedBeginning(databaseId));

    /// <summary>An empty file that must not be there yet.</summary>
    public static void CreateFile(string path)
    {
        var creation = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            creation.UnixCreateMode = OwnerFile; // SQLite gives its companions the same
        using var file = new FileStream(path, creation);
    }

    /// <summary>Deletes a database's file with its companions, as far as they are there.</summary>
    public static void DeleteFile(string path)
    {
        foreach (var companion in Companions)
            File.Delete(path + companion);
    }

    /// <summary>Puts another file in the place of the database's, at one stroke; nobody may have it open. Throws, and leaves all as it is, when that file is gone.</summary>
    public void Replace(ManagedDatabase database, string path)
    {
        CreateFolder(FolderOf(database.OrganizationId));
        if (!File.Exists(path))
            throw new LostAttemptException();
        if (new FileInfo($"{path}-wal") is { Exists: true, Length: > 0 })
            throw new IOException("The end of what was written is not in the file yet");
        foreach (var companion in Companions.Where(companion => companion.Length > 0))
            File.Delete(PathOf(database) + companion);
        File.Move(path, PathOf(database), overwrite: true);
    }

    /// <summary>For a file that is needed for a while.</summary>
    public string TemporaryPath(string name)
    {
        CreateTemporaryFolder();
        return Path.Combine(TemporaryFolder, name);
    }

    /// <summary>Deletes the temporary files whose names begin so.</summary>
    public void DeleteTemporary(string beginning)
    {
        CreateTemporaryFolder();
        foreach (var path in Directory.GetFiles(TemporaryFolder, $"{beginning}*"))
            File.Delete(path);
    }

    public void Delete(Guid organizationId, Guid databaseId)
    {
        DeleteStaged(databaseId);
        if (Directory.Exists(FolderOf(organizationId)))
            DeleteFile(PathOf(organizationId, databaseId));
    }

    /// <summary>Deletes the folder of an organization that has no database any more.</summary>
    public void DeleteFolder(Guid organizationId)
    {
        if (Directory.Exists(FolderOf(organizationId)))
            Directory.Delete(FolderOf(organizationId), recursive: true);
    }

    /// <summary>Bytes of the database's file; 0 when there is none.</summary>
    public long SizeOf(ManagedDatabase database) => new FileInfo(PathOf(database)) is { Exists: true } file ? file.Length : 0;

    public void CreateTemporaryFolder() => CreateFolder(TemporaryFolder);

    private static string StagedBeginning(Guid databaseId) => $"{databaseId:N}.staged.";

    private string PathOf(Guid organizationId, Guid databaseId) => Path.Combine(FolderOf(organizationId), $"{databaseId:N}.db");

    private string FolderOf(Guid organizationId) => Path.Combine(_root, organizationId.ToString("N"));

    private static void CreateFolder(string path) => UnixFiles.CreateFolder(path, UnixFiles.OwnerFolder);
}
