using System.Runtime.InteropServices;

namespace Platform;

/// <summary>
/// Flushes a folder, so that a rename in it survives a power cut. .NET offers flushing of files only; without this a committed row could name a blob
/// that is gone after a crash. Does nothing on Windows, where a rename is journalled.
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
