namespace Platform.Tests.Fixtures;

/// <summary>Folders of a test below the system's temporary folder.</summary>
internal static class TempFolder
{
    /// <summary>
    /// Deletes the folder and what is in it. Something that a stopped host had begun may still make a file while the folder is being emptied, so this is tried until it is empty;
    /// a folder that keeps being written to fails the test with the names.
    /// </summary>
    public static async Task DeleteAsync(string path)
    {
        for (var attempt = 1; Directory.Exists(path); attempt++)
        {
            try
            {
                Directory.Delete(path, recursive: true);
            }
            catch (IOException e) when (attempt == 100)
            {
                throw new IOException($"{path} is still written to: {string.Join(' ', Directory.EnumerateFileSystemEntries(path, "*", SearchOption.AllDirectories))}", e);
            }
            catch (IOException)
            {
                await Task.Delay(50);
            }
        }
    }
}
