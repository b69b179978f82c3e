using System.Text.Json;

namespace Platform.Builds;

/// <summary>A step that a build's plan has; without a command it is passed over.</summary>
internal sealed record PlannedStep(string Name, BuildStepKind Kind, string? Command);

/// <summary>Finds out from a source's files how it is installed, built and tested (delivery §2.3).</summary>
public sealed class BuildPlanner(WorkspaceFiles files)
{
    private const string Manifest = "package.json";
    private const string NoTest = "no test specified";

    private const string PipInstall =
        "python3 -m venv /build/home/.venv && /build/home/.venv/bin/python -m pip install --disable-pip-version-check -r requirements.txt";

    private const string Pytest = "if python3 -c 'import pytest' 2>/dev/null; then python3 -m pytest; else echo 'pytest is not installed; no tests are run'; fi";

    private static readonly string[] Solutions = [".sln", ".slnx", ".csproj"];

    /// <summary>What the configuration says, and what the files say where it is silent.</summary>
    internal async Task<(IReadOnlyList<PlannedStep> Steps, DetectedCommands Detected)> PlanAsync(BuildWork work)
    {
        var config = work.Build.Config;
        var inRoot = Below(work.Files, config.RootDirectory);
        var manifest = inRoot.Any(file => file.Path == Manifest) ? await files.ReadAsync(work.Build, work.Workspace, Workspace.RootOf(config), Manifest, work.Stop) : null;
        var detected = Detect([.. inRoot.Select(file => file.Path)], manifest);
        PlannedStep[] steps =
        [
            new("install", BuildStepKind.Install, config.InstallCommand ?? detected.InstallCommand),
            new("build", BuildStepKind.Build, config.BuildCommand ?? detected.BuildCommand),
            new("test", BuildStepKind.Test, config.TestCommand ?? detected.TestCommand),
        ];
        return (steps, detected);
    }

    /// <param name="paths">Files below the root directory.</param>
    /// <param name="manifest">The text of its <c>package.json</c>; null: there is none.</param>
    internal static DetectedCommands Detect(IReadOnlyCollection<string> paths, string? manifest)
    {
        if (manifest is not null)
            return DetectNode(paths, manifest);
        var top = paths.Where(path => !path.Contains('/', StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        if (top.Contains("requirements.txt"))
            return new DetectedCommands(PipInstall, null, HasPythonTests(paths) ? Pytest : null);
        if (top.Any(path => Solutions.Contains(Path.GetExtension(path))) && IsInstalled("dotnet"))
            return new DetectedCommands("dotnet restore", "dotnet build -c Release --no-restore", "dotnet test -c Release --no-build");
        if (top.Contains("go.mod") && IsInstalled("go"))
            return new DetectedCommands("go mod download", "go build ./...", "go test ./...");
        if (top.Contains("Cargo.toml") && IsInstalled("cargo"))
            return new DetectedCommands("cargo fetch", "cargo build --release", "cargo test --release");
        if (top.Contains("Makefile") && IsInstalled("make"))
            return new DetectedCommands(null, "make", null);
        return new DetectedCommands(null, null, HasPythonTests(paths) ? Pytest : null);
    }

    private static DetectedCommands DetectNode(IReadOnlyCollection<string> paths, string manifest)
    {
        var (install, tool) = paths.Contains("package-lock.json") ? ("npm ci", "npm")
            : paths.Contains("pnpm-lock.yaml") ? ("pnpm install --frozen-lockfile", "pnpm")
            : paths.Contains("yarn.lock") ? ("yarn install --frozen-lockfile", "yarn")
            : ("npm install", "npm");
        var scripts = ScriptsOf(manifest);
        var hasTest = scripts.TryGetValue("test", out var test) && !test.Contains(NoTest, StringComparison.Ordinal);
        return new DetectedCommands(install, scripts.ContainsKey("build") ? $"{tool} run build" : null, hasTest ? $"{tool} test" : null);
    }

    private static Dictionary<string, string> ScriptsOf(string manifest)
    {
        var scripts = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(manifest);
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("scripts", out var found) && found.ValueKind == JsonValueKind.Object)
            {
                foreach (var script in found.EnumerateObject().Where(script => script.Value.ValueKind == JsonValueKind.String))
                    scripts[script.Name] = script.Value.GetString()!;
            }
        }
        catch (JsonException)
        {
            // the package manager will say what is wrong with it
        }

        return scripts;
    }

    private static bool HasPythonTests(IReadOnlyCollection<string> paths) => paths.Any(path =>
        Path.GetFileName(path) is var name && name.EndsWith(".py", StringComparison.Ordinal) && (name.StartsWith("test_", StringComparison.Ordinal) || name.EndsWith("_test.py", StringComparison.Ordinal)));

    private static bool IsInstalled(string tool) => File.Exists($"/usr/local/bin/{tool}") || File.Exists($"/usr/bin/{tool}");

    internal static IReadOnlyList<WorkspaceFile> Below(IReadOnlyList<WorkspaceFile> files, string directory)
    {
        if (directory == ".")
            return files;
        var prefix = directory.TrimEnd('/') + "/";
        return [.. files.Where(file => file.Path.StartsWith(prefix, StringComparison.Ordinal)).Select(file => file with { Path = file.Path[prefix.Length..] })];
    }
}
