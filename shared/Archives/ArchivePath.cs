namespace Platform.Archives;

/// <summary>Names of files as users write them into archives and lists.</summary>
public static class ArchivePath
{
    /// <summary>Longest path, in characters.</summary>
    public const int Longest = 1024;

    private const int LongestPartBytes = 255; // of the file systems in use

    /// <summary>The path with forward slashes and without <c>.</c> parts (empty for the root itself); null when it is absolute, leads upwards, is too long or holds control characters.</summary>
    public static string? TryNormalize(string name)
    {
        if (name.Length is 0 or > Longest || name.Any(char.IsControl))
            return null;
        name = name.Replace('\\', '/'); // archives made on Windows
        if (name[0] == '/' || (name.Length > 1 && name[1] == ':' && char.IsAsciiLetter(name[0])))
            return null;
        var parts = name.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").ToArray();
        return parts.Any(part => part == ".." || System.Text.Encoding.UTF8.GetByteCount(part) > LongestPartBytes) ? null : string.Join('/', parts);
    }
}
