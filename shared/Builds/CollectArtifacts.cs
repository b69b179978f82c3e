using Microsoft.Extensions.FileSystemGlobbing;
using Microsoft.Extensions.Options;
using Platform.Blobs;

namespace Platform.Builds;

/// <summary>Keeps what a build has made: the files that match its patterns, and its output directory as one archive.</summary>
public sealed class CollectArtifacts(WorkspaceFiles files, BuildProgress progress, SandboxPipe pipe, IOptions<BuildOptions> options, TimeProvider clock)
{
    private const int MostFiles = 2000;
    private const string Bundle = "output.tar.gz";
    private const string Pack = "find . -xdev -type f -print0 | sort -z | tar --null --no-recursion --owner=0 --group=0 -czf - -T -";
    private static readonly string[] UsualOutputs = ["dist", "build", "out", "public"];

    /// <summary>Stores them; a failure when they are too many or too large.</summary>
    /// <param name="step">The step that says what was kept.</param>
    internal async Task<BuildFailure?> CollectAsync(BuildWork work, BuildStep step, CancellationToken ct)
    {
        var config = work.Build.Config;
        var root = Workspace.RootOf(config);
        var listed = await files.ListAsync(work.Build, work.Workspace, root, ct);
        var matches = Matching(config.ArtifactPaths, listed);
        if (config.ArtifactPaths.Count > 0 && matches.Count == 0)
            await work.Log.SayAsync("No file matches artifactPaths", LogLevel.Warn, step.Id);
        var (most, together) = ((long)options.Value.MaxArtifactMb << 20, (long)options.Value.MaxArtifactsMb << 20);
        if (matches.Count > MostFiles)
            return Limit(step, $"More than {MostFiles} files match artifactPaths");
        if (matches.Find(file => file.Bytes > most) is { } large)
            return Limit(step, $"{large.Path} has more than {options.Value.MaxArtifactMb} MB");
        if (matches.Sum(file => file.Bytes) > together)
            return Limit(step, $"The artifacts have more than {options.Value.MaxArtifactsMb} MB together");

        foreach (var file in matches)
            await StoreAsync(work, root, file, ct);
        return await StoreBundleAsync(work, step, root, listed, matches.Sum(file => file.Bytes), ct);
    }

    internal static List<WorkspaceFile> Matching(IReadOnlyList<string> patterns, IReadOnlyList<WorkspaceFile> listed)
    {
        if (patterns.Count == 0)
            return [];
        var matcher = new Matcher(StringComparison.Ordinal);
        matcher.AddIncludePatterns(patterns);
        var paths = matcher.Match(listed.Select(file => file.Path)).Files.Select(match => match.Path).ToHashSet(StringComparer.Ordinal);
        return [.. listed.Where(file => paths.Contains(file.Path))];
    }

    private async Task StoreAsync(BuildWork work, string root, WorkspaceFile file, CancellationToken ct)
    {
        var (id, type) = (Guid.CreateVersion7(clock.GetUtcNow()), BuildArtifacts.TypeOf(file.Path));
        var program = new BuildProgram("artifact", "test -f \"$FILE\" && test ! -L \"$FILE\" && cat -- \"$FILE\"") { WorkingDirectory = root, Variables = new Dictionary<string, string> { ["FILE"] = file.Path } };
        var (stored, head, _) = await pipe.StoreAsync(work.Build, work.Workspace, program, BuildBlobs.Artifact(work.Build.Id, id), type, file.Bytes, ct);
        if (stored is null)
            return;
        var isReport = file.Path.EndsWith(".xml", StringComparison.OrdinalIgnoreCase) && (head.Contains("<testsuite", StringComparison.Ordinal) || head.Contains("<testsuites", StringComparison.Ordinal));
        await AddAsync(work.Build, id, file.Path, stored, type, isReport ? BuildArtifactKind.Report : BuildArtifactKind.File);
    }

    private async Task<BuildFailure?> StoreBundleAsync(BuildWork work, BuildStep step, string root, IReadOnlyList<WorkspaceFile> listed, long used, CancellationToken ct)
    {
        var config = work.Build.Config;
        // A directory of one of the usual names counts only when the build has made it.
        var before = BuildPlanner.Below(work.Files, config.RootDirectory);
        var output = config.OutputDirectory ?? UsualOutputs.FirstOrDefault(name => HasFiles(listed, name) && !HasFiles(before, name));
        if (output is null)
            return null;
        if (output != "." && !HasFiles(listed, output))
        {
            await work.Log.SayAsync($"There is nothing in the output directory {output}", LogLevel.Warn, step.Id);
            return null;
        }

        var (id, most) = (Guid.CreateVersion7(clock.GetUtcNow()), Math.Min((long)options.Value.MaxArtifactMb << 20, ((long)options.Value.MaxArtifactsMb << 20) - used));
        var program = new BuildProgram("bundle", Pack) { WorkingDirectory = $"{root}/{output}" };
        var (stored, _, isTooLarge) = await pipe.StoreAsync(work.Build, work.Workspace, program, BuildBlobs.Artifact(work.Build.Id, id), BuildArtifacts.TypeOf(Bundle), most, ct);
        if (stored is null)
            return isTooLarge ? Limit(step, "The output directory is too large to be kept") : new BuildFailure(BuildFailureCode.InternalError, "The output directory could not be packed", step.Id, step.Name);
        await AddAsync(work.Build, id, Bundle, stored, BuildArtifacts.TypeOf(Bundle), BuildArtifactKind.Bundle);
        return null;
    }

    private Task<bool> AddAsync(Build build, Guid id, string path, BlobProperties stored, string type, BuildArtifactKind kind) => progress.InLockAsync(build, (_, db, now) =>
    {
        db.Add(new BuildArtifact
        {
            Id = id,
            OrganizationId = build.OrganizationId,
            BuildId = build.Id,
            Path = path,
            SizeBytes = stored.Length,
            Sha256 = stored.Sha256,
            ContentType = type,
            Kind = kind,
            ExpiresAt = now.AddDays(build.Config.ArtifactRetentionDays),
            CreatedAt = now,
        });
        return Task.FromResult(true);
    });

    private static bool HasFiles(IReadOnlyList<WorkspaceFile> listed, string directory) => listed.Any(file => file.Path.StartsWith(directory.TrimEnd('/') + "/", StringComparison.Ordinal));

    private static BuildFailure Limit(BuildStep step, string message) => new(BuildFailureCode.ArtifactLimit, message, step.Id, step.Name);
}
