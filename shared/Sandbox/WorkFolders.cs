using System.Security.Cryptography;
using Platform.Sandbox.Linux;

namespace Platform.Sandbox;

/// <summary>
/// Folders of the host that runs see or leave something in. They lie in one folder of this process, which can be entered but not listed: whoever does not know a name, and is not
/// root, does not find it. It goes with the process; its name tells whose it is, so that one of a killed process is found. Names are short, since the path of a Unix socket has at most 107 bytes.
/// </summary>
public static class WorkFolders
{
    private const string Prefix = "platform-sandbox-";
    private const int Attempts = 20;
    private static readonly Lazy<string> Root = new(CreateRoot);

    /// <summary>Makes an empty folder of mode 0700.</summary>
    public static string Create()
    {
        var path = Path.Combine(Root.Value, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
        UnixFiles.CreateFolder(path, UnixFiles.OwnerFolder);
        return path;
    }

    /// <summary>Removes what processes that have ended left; returns how many there were.</summary>
    internal static int RemoveOrphans()
    {
        var removed = 0;
        foreach (var folder in Directory.EnumerateDirectories(Path.GetTempPath(), $"{Prefix}*"))
        {
            var name = Path.GetFileName(folder)[Prefix.Length..];
            if (ProcessIdentity.IsAlive(name[..Math.Max(0, name.LastIndexOf('-'))]) == false && Remove(folder))
                removed++;
        }
        return removed;
    }

    private static string CreateRoot()
    {
        var root = Directory.CreateTempSubdirectory($"{Prefix}{ProcessIdentity.Own}-").FullName;
        UnixFiles.SetMode(root, UnixFiles.PassableFolder);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Remove(root);
        return root;
    }

    // Each attempt deletes what it can. Another process that does the same, or a program that is being killed and still writes, can only hinder it for a while.
    private static bool Remove(string folder)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
                return true;
            }
            catch (DirectoryNotFoundException) when (!Directory.Exists(folder))
            {
                return false; // somebody else has removed it
            }
            catch (IOException)
            {
                // once more
            }
            catch (UnauthorizedAccessException)
            {
                return false; // another user's
            }
        }

        return false;
    }
}
