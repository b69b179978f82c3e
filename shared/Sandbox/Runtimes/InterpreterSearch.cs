namespace Platform.Sandbox.Runtimes;

/// <summary>Turns candidates into real binaries. Links are resolved to their end; scripts (shims of version switchers) are passed over,
/// for they start something else, slowly, depending on the environment.</summary>
internal static class InterpreterSearch
{
    private static readonly byte[] Elf = [0x7F, (byte)'E', (byte)'L', (byte)'F'];

    public static IEnumerable<Interpreter> Find(IEnumerable<string> candidates, string version) => candidates
        .Select(candidate => candidate.Replace("{v}", version, StringComparison.Ordinal))
        .SelectMany(candidate => candidate.Contains('/') ? Expand(candidate) : SearchPath(candidate))
        .Select(RealPath)
        .OfType<string>()
        .Distinct()
        .Where(IsBinary)
        .Select(Interpreter.Of);

    private static IEnumerable<string> SearchPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, name));

    private static IEnumerable<string> Expand(string pattern)
    {
        IEnumerable<string> found = ["/"];
        foreach (var part in pattern.Split('/', StringSplitOptions.RemoveEmptyEntries))
            found = part.Contains('*') ? found.SelectMany(folder => Matches(folder, part)) : found.Select(folder => Path.Combine(folder, part));
        return found;
    }

    private static IEnumerable<string> Matches(string folder, string part)
    {
        try
        {
            return Directory.Exists(folder) ? Directory.GetDirectories(folder, part).Order(StringComparer.Ordinal) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string? RealPath(string path)
    {
        try
        {
            return File.Exists(path) ? ResolveFolders(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // ResolveLinkTarget resolves the file only; /bin and the like are links themselves.
    private static string ResolveFolders(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (folder == "/")
            return path;
        var real = Directory.ResolveLinkTarget(folder, returnFinalTarget: true)?.FullName ?? folder;
        return Path.Combine(ResolveFolders(real), Path.GetFileName(path));
    }

    private static bool IsBinary(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            Span<byte> start = stackalloc byte[4];
            return file.ReadAtLeast(start, 4, throwOnEndOfStream: false) == 4 && start.SequenceEqual(Elf);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
