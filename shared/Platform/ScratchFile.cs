namespace Platform;

/// <summary>Files of this process's user alone that go when they are closed.</summary>
public static class ScratchFile
{
    /// <summary>An empty one to write and read.</summary>
    public static FileStream Create()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), options);
    }

    /// <summary>The rest of a stream, from its start.</summary>
    public static async Task<FileStream> CopyOfAsync(Stream content, CancellationToken ct)
    {
        var copy = Create();
        try
        {
            await content.CopyToAsync(copy, ct);
            copy.Position = 0;
            return copy;
        }
        catch
        {
            await copy.DisposeAsync();
            throw;
        }
    }
}
