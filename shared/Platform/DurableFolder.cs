using System.Runtime.InteropServices;

namespace Platform;

/// <summary>
/// What .NET does not offer for folders: flushing one, so that a new name in it survives a power cut (without it a committed row could name a blob that is gone
/// after a crash; on Windows names are journalled), and giving a name that nobody else gets at the same time.
/// </summary>
internal static class DurableFolder
{
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var handle = Open(folder, 0);
        if (handle < 0)
            throw new IOException($"The folder cannot be opened (error {Marshal.GetLastPInvokeError()})");
        var failed = Fsync(handle) != 0;
        var error = Marshal.GetLastPInvokeError();
        _ = Close(handle);
        if (failed)
            throw new IOException($"The folder cannot be flushed (error {error})");
    }

    /// <summary>
    /// Gives a finished file its name unless a file of that name exists: false then. <c>File.Move</c> only looks first and then renames on Unix, so two at once would
    /// both succeed. The <paramref name="temporary"/> name is gone in any case.
    /// </summary>
    public static bool TryName(string temporary, string path)
    {
        try
        {
            if (OperatingSystem.IsWindows())
                File.Move(temporary, path, overwrite: false);
            else if (Link(temporary, path) != 0)
                throw new IOException($"The file cannot get its name (error {Marshal.GetLastPInvokeError()})");
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string existing, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Fsync(int handle);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int handle);
}
