using System.Text.RegularExpressions;

namespace Platform.Sandbox;

/// <summary>What a run must be like before anything of it reaches a command line.</summary>
internal static partial class SandboxRunRules
{
    private const int MostFiles = 64, MostBytes = 16 << 20, LongestName = 255;

    /// <summary>Passes a run that can be carried out.</summary>
    /// <exception cref="ArgumentException">Always the caller's mistake; the message names the field.</exception>
    public static void Check(SandboxRun run)
    {
        Require(InstanceName().IsMatch(run.Name), "Name must be 1 to 63 of A-Z a-z 0-9 and -.");
        Require(run.Command.Count > 0 && run.Command[0].Length > 0, "Command is empty.");
        Require(run.Command.Concat(run.Arguments).All(IsText), "Arguments must not contain NUL.");
        Require(run.ExecutionId is null || IsText(run.ExecutionId), "ExecutionId must not contain NUL.");
        foreach (var (name, value) in run.Environment)
        {
            Require(VariableName().IsMatch(name) && !name.StartsWith("LD_", StringComparison.Ordinal), $"'{name}' is not an allowed variable name.");
            Require(IsText(value), $"The value of {name} must not contain NUL.");
        }
        Require(run.Files.Count <= MostFiles, $"At most {MostFiles} files.");
        Require(run.Files.Sum(file => (long)file.Value.Length) <= MostBytes, $"At most {MostBytes} bytes of files.");
        foreach (var name in run.Files.Keys)
            Require(IsRelative(name), $"'{name}' is not a relative file name.");
        foreach (var mount in run.Mounts)
            Require(IsAbsolute(mount.HostPath) && IsAbsolute(mount.Path), $"'{mount.HostPath}' and '{mount.Path}' must be absolute paths.");
        Require(IsAbsolute(run.WorkingDirectory), "WorkingDirectory must be absolute.");
        Limits(run);
    }

    private static void Limits(SandboxRun run)
    {
        Require(run.WallTime > TimeSpan.Zero, "WallTime must be positive.");
        Require(run is { MemoryBytes: > 0, TmpBytes: > 0, OutputBytes: > 0 }, "Memory sizes must be positive.");
        Require(run.CpuCores > 0, "CpuCores must be positive.");
        Require(run is { MaxProcesses: > 0, OpenFiles: >= 16 }, "MaxProcesses must be positive, OpenFiles at least 16.");
        Require(run is { StdoutLimit: >= 0, StderrLimit: >= 0 }, "Output limits must not be negative.");
        Require(run.MaxFileBytes is null or > 0, "MaxFileBytes must be positive.");
        Require(run.Grace is null || run.Grace >= TimeSpan.Zero, "Grace must not be negative.");
    }

    private static bool IsText(string value) => !value.Contains('\0');

    private static bool IsAbsolute(string path) => path.StartsWith('/') && IsText(path) && !path.Split('/').Contains("..");

    private static bool IsRelative(string name) =>
        name.Length is > 0 and <= LongestName && IsText(name) && name.Split('/').All(part => part.Length > 0 && part is not "." and not "..");

    private static void Require(bool condition, string message)
    {
        if (!condition)
            throw new ArgumentException(message);
    }

    [GeneratedRegex("^[A-Za-z0-9-]{1,63}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex InstanceName();

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*\\z", RegexOptions.CultureInvariant)]
    private static partial Regex VariableName();
}
