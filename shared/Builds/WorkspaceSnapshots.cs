using Microsoft.Extensions.Options;
using Platform.Blobs;

namespace Platform.Builds;

/// <summary>Keeps the files of a build after its end, so that hooks can be run on them.</summary>
public sealed class WorkspaceSnapshots(BuildSandbox sandbox, SandboxPipe pipe, BuildFolders folders, IBlobStore blobs, IOptions<BuildOptions> options)
{
    private const string FileName = "snapshot.tar.gz";
    private const string Type = "application/gzip";
    private const string Pack = "printf '%s\\n' \"$IGNORED\" > home/.ignored; tar --exclude-from=home/.ignored -czf - source";

    /// <summary>Whether it could be kept.</summary>
    internal async Task<bool> KeepAsync(Build build, Workspace workspace, CancellationToken ct)
    {
        var ignored = string.Join('\n', build.Config.IgnorePaths.Select(glob => $"{Workspace.SourceName}/{glob}"));
        var program = new BuildProgram("snapshot", Pack) { WorkingDirectory = Workspace.Folder, Variables = new Dictionary<string, string> { ["IGNORED"] = ignored } };
        var (stored, _, _) = await pipe.StoreAsync(build, workspace, program, BuildBlobs.Snapshot(build.Id), Type, (long)options.Value.MaxUnpackedMb << 20, ct);
        return stored is not null;
    }

    /// <summary>The files in a folder of their own, which the caller deletes; null when they are gone.</summary>
    internal async Task<Workspace?> OpenAsync(Build build, Guid folder, CancellationToken ct)
    {
        await using var content = await blobs.OpenReadAsync(BuildBlobs.Snapshot(build.Id), ct);
        if (content is null)
            return null;
        var workspace = new Workspace(folders.Create(folder));
        await using (var file = File.Create(Path.Combine(workspace.HostFolder, FileName)))
            await content.CopyToAsync(file, ct);
        var unpacked = await sandbox.AskAsync(build, workspace, new BuildProgram("snapshot", $"tar -xzf {FileName} --no-same-owner && rm -f {FileName}") { WorkingDirectory = Workspace.Folder }, 1, ct);
        return unpacked is null ? null : workspace;
    }
}
