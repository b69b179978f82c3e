using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Platform.Sandbox.Linux;

/// <summary>The installed bubblewrap and what its version can do.</summary>
internal sealed partial record Bubblewrap(string Path, string Version, bool DisablesUserNamespaces, bool LimitsMemoryFolders)
{
    /// <summary>Whether the kernel lets us hide the memory of the sandbox's init, which a program could otherwise rewrite to outlive its run.</summary>
    public bool HidesInit { get; init; } = true;

    /// <summary>Null where it is not installed or does not answer.</summary>
    public static async Task<Bubblewrap?> FindAsync(string? configured, CancellationToken ct)
    {
        if (Locate(configured) is not { } path)
            return null;
        var version = VersionNumber().Match(await AskAsync(path, "--version", ct)).Value;
        var help = await AskAsync(path, "--help", ct);
        if (version.Length == 0 || !help.Contains("--json-status-fd", StringComparison.Ordinal) || !help.Contains("--perms", StringComparison.Ordinal))
            return null;
        return new Bubblewrap(path, version, help.Contains("--disable-userns", StringComparison.Ordinal), help.Contains("--size", StringComparison.Ordinal));
    }

    private static string? Locate(string? configured)
    {
        if (configured is not null)
            return File.Exists(configured) ? configured : null;
        return (System.Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin").Split(':')
            .Append("/usr/bin")
            .Select(folder => global::System.IO.Path.Combine(folder, "bwrap"))
            .FirstOrDefault(File.Exists);
    }

    private static async Task<string> AskAsync(string path, string option, CancellationToken ct)
    {
        using var process = Process.Start(new ProcessStartInfo(path, option) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true });
        if (process is null)
            return "";
        var errors = process.StandardError.ReadToEndAsync(ct);
        var output = await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return output + await errors;
    }

    [GeneratedRegex(@"\d+\.\d+(\.\d+)?")]
    private static partial Regex VersionNumber();
}
