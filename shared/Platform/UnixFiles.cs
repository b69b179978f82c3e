namespace Platform;

/// <summary>Permissions of files where the system has them; elsewhere nothing is set and nothing is executable.</summary>
public static class UnixFiles
{
    /// <summary>0644.</summary>
    public const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>0755.</summary>
    public const UnixFileMode Executable = Plain | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>0700.</summary>
    public const UnixFileMode OwnerFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>0711: others may pass through to what they know the name of.</summary>
    public const UnixFileMode PassableFolder = OwnerFolder | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>0666: a Unix socket that others may connect to.</summary>
    public const UnixFileMode OpenSocket = Plain | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Makes a folder, unless it is there, that has the mode from the beginning.</summary>
    public static void CreateFolder(string path, UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, mode);
    }

    /// <summary>Sets the mode, whatever the umask says.</summary>
    public static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, mode);
    }

    /// <summary>Whether the file's owner may execute it.</summary>
    public static bool IsExecutable(string path) => !OperatingSystem.IsWindows() && IsExecutable(File.GetUnixFileMode(path));

    public static bool IsExecutable(UnixFileMode mode) => mode.HasFlag(UnixFileMode.UserExecute);
}
