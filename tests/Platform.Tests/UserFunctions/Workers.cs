using System.Diagnostics;
using System.Globalization;

namespace Platform.Tests.UserFunctions;

/// <summary>Processes of this machine that run a function.</summary>
internal static class Workers
{
    /// <summary>Ids of the processes that have the function's id in their environment.</summary>
    public static IReadOnlyList<int> Of(Guid functionId) =>
        [.. Directory.EnumerateDirectories("/proc").Where(path => IsOf(path, functionId)).Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture))];

    public static void Kill(int process)
    {
        try
        {
            Process.GetProcessById(process).Kill();
        }
        catch (ArgumentException)
        {
            // it has ended with another
        }
    }

    private static bool IsOf(string path, Guid functionId)
    {
        if (!char.IsAsciiDigit(Path.GetFileName(path)[0]))
            return false;
        try
        {
            return File.ReadAllText($"{path}/environ").Contains($"PLATFORM_FUNCTION_ID={functionId}", StringComparison.Ordinal);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false; // it ended meanwhile, or is another user's
        }
    }
}
