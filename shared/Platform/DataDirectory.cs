using Microsoft.Extensions.Configuration;

namespace Platform;

/// <summary>
/// The folder that holds everything this installation keeps on local disk (database files, blobs, generated keys): <c>Platform:DataDirectory</c>,
/// default <c>data</c> below the working directory. Created with access for its owner only.
/// </summary>
public sealed class DataDirectory
{
    public DataDirectory(string path)
    {
        Path = System.IO.Path.GetFullPath(path);
        UnixFiles.CreateFolder(Path, UnixFiles.OwnerFolder);
    }

    /// <summary>Absolute path.</summary>
    public string Path { get; }

    public static DataDirectory From(IConfiguration configuration) =>
        new(configuration["Platform:DataDirectory"] is { Length: > 0 } path ? path : "data");

    public string Combine(string name) => System.IO.Path.Combine(Path, name);
}
