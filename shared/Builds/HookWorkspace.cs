using Microsoft.Extensions.DependencyInjection;
using Platform.Sandbox;
using Platform.Secrets;

namespace Platform.Builds;

/// <summary>Opens the files of builds that have ended for hooks, with room in the sandbox.</summary>
public sealed class HookWorkspace(WorkspaceSnapshots snapshots, BuildFolders folders, SandboxPool pool, IServiceScopeFactory scopes)
{
    /// <summary>Null when the files are gone.</summary>
    internal async Task<Opened?> OpenAsync(Build build, Guid folder, CancellationToken ct)
    {
        var room = await pool.ReserveAsync(build.Config.Cpus, (long)build.Config.MemoryMb << 20, ct);
        try
        {
            if (await snapshots.OpenAsync(build, folder, ct) is { } workspace)
                return new Opened(workspace, folder, folders, room, scopes);
        }
        catch
        {
            room.Dispose();
            folders.Delete(folder);
            throw;
        }

        room.Dispose();
        folders.Delete(folder);
        return null;
    }

    internal sealed class Opened(Workspace workspace, Guid folder, BuildFolders folders, IDisposable room, IServiceScopeFactory scopes) : IAsyncDisposable
    {
        public Workspace Workspace => workspace;

        public BuildLogWriter LogOf(Build build, IReadOnlyCollection<string> secrets) => BuildLogWriter.Silent(scopes, build, new SecretMask(secrets));

        public ValueTask DisposeAsync()
        {
            room.Dispose();
            folders.Delete(folder);
            return ValueTask.CompletedTask;
        }
    }
}
