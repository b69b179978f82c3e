using System.Text.RegularExpressions;

namespace Platform.SystemTests;

/// <summary>What platform processes that have ended left on this machine.</summary>
internal static class Leftovers
{
    private const string Sandbox = "platform-sandbox-";

    /// <summary>Folders of sandboxes of these processes, and processes whose command line names such a folder or one of <paramref name="words"/>.</summary>
    public static List<string> Of(IReadOnlyCollection<int> ended, IReadOnlyCollection<string> words)
    {
        var names = new Regex($"{Sandbox}[0-9]+-({string.Join('|', ended)})-|{string.Join('|', words.Select(Regex.Escape))}", RegexOptions.ExplicitCapture);
        var commands = Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])).Select(CommandOf);
        return [.. Directory.EnumerateDirectories(Path.GetTempPath(), $"{Sandbox}*").Concat(commands).Where(text => names.IsMatch(text))];
    }

    private static string CommandOf(string folder)
    {
        try
        {
            return File.ReadAllText($"{folder}/cmdline").Replace('\0', ' ') is { Length: > 0 } command ? $"{Path.GetFileName(folder)}: {command}" : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // it has ended
        }
    }
}
