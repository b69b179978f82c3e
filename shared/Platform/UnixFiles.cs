namespace Platform;

/// <summary>Permissions of files where the system has them; elsewhere nothing is set and nothing is executable.</summary>
public static class UnixFiles
{
    /// <summary>0644.</summary>
    public const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>0755.</summary>
    public const UnixFileMode Executable = Plain | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

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
