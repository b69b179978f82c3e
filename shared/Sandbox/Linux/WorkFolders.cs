namespace Platform.Sandbox.Linux;

/// <summary>Folders of the host that live as long as one run. Their names tell whose they are, so that those of a killed process are found.</summary>
internal static class WorkFolders
{
    private const string Prefix = "platform-sandbox-";

    /// <summary>Makes an empty folder of mode 0700 for a run of this process.</summary>
    public static string Create() => Directory.CreateTempSubdirectory($"{Prefix}{ProcessIdentity.Own}-").FullName;

    /// <summary>Removes what processes that have ended left; returns how many.</summary>
    public static int RemoveOrphans()
    {
        var removed = 0;
        foreach (var folder in Directory.EnumerateDirectories(Path.GetTempPath(), $"{Prefix}*"))
        {
            var name = Path.GetFileName(folder)[Prefix.Length..];
            if (ProcessIdentity.IsAlive(name[..Math.Max(0, name.LastIndexOf('-'))]) != false)
                continue;
            Directory.Delete(folder, recursive: true);
            removed++;
        }
        return removed;
    }
}
