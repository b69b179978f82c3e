using System.Globalization;

namespace Platform.Builds;

/// <summary>
/// Looks at a build's files from inside its sandbox, so that no link, pipe or device that a step has left is ever followed or opened on the host. What is listed is
/// opened only while nothing of the build runs.
/// </summary>
public sealed class WorkspaceFiles(BuildSandbox sandbox)
{
    private const int MostFiles = 200_000;
    private const int MostBytes = 32 << 20;
    private const int MostText = 1 << 20;

    /// <summary>The regular files below a directory of the workspace, without those of version control and dependencies; empty when there is no such directory.</summary>
    internal async Task<IReadOnlyList<WorkspaceFile>> ListAsync(Build build, Workspace workspace, string directory, CancellationToken ct)
    {
        const string Find = "find . -xdev \\( -name .git -o -name node_modules -o -name .venv \\) -prune -o -type f -printf '%s\\t%P\\0'";
        var answer = await sandbox.AskAsync(build, workspace, new BuildProgram("list", Find) { WorkingDirectory = directory }, MostBytes, ct);
        return answer is null ? [] : [.. answer.Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(Parse).OfType<WorkspaceFile>().Take(MostFiles).OrderBy(file => file.Path, StringComparer.Ordinal)];
    }

    /// <summary>The text of a small regular file; null when it is none.</summary>
    internal Task<string?> ReadAsync(Build build, Workspace workspace, string directory, string path, CancellationToken ct) =>
        sandbox.AskAsync(build, workspace, new BuildProgram("read", $"test -f \"$FILE\" && test ! -L \"$FILE\" && cat -- \"$FILE\"") { WorkingDirectory = directory, Variables = new Dictionary<string, string> { ["FILE"] = path } }, MostText, ct);

    private static WorkspaceFile? Parse(string line)
    {
        var tab = line.IndexOf('\t', StringComparison.Ordinal);
        return tab > 0 && long.TryParse(line.AsSpan(0, tab), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? new WorkspaceFile(line[(tab + 1)..], bytes) : null;
    }
}
