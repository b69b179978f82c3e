namespace Platform.Tests.Executions;

/// <summary>Processes of the host, bubblewrap's included, found by a mark among their arguments, which forks keep.</summary>
internal static class HostProcesses
{
    public static List<string> With(string mark) => [.. Directory.EnumerateDirectories("/proc")
        .Where(directory => char.IsAsciiDigit(Path.GetFileName(directory)[0]) && CommandLine(directory).Contains(mark, StringComparison.Ordinal))];

    private static string CommandLine(string directory)
    {
        try
        {
            return File.ReadAllText(Path.Combine(directory, "cmdline"));
        }
        catch (IOException)
        {
            return ""; // it ended meanwhile
        }
    }
}
