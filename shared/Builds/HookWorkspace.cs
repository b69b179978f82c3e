using Microsoft.Extensions.DependencyInjection;
using Platform.Secrets;

namespace Platform.Builds;

/// <summary>Opens the files of builds that have ended for hooks, with room in the sandbox.</summary>
public sealed class HookWorkspace(WorkspaceSnapshots snapshots, BuildFolders folders, BuildSandbox sandbox, IServiceScopeFactory scopes)
{
    /// <summary>Null when the files are gone.</summary>
    internal async Task<Opened?> OpenAsync(Build build, Guid folder, CancellationToken ct)
    {
        var room = await sandbox.ReserveAsync(build, ct);
        try
        {
            if (await snapshots.OpenAsync(build, folder, ct) is { } workspace)
                return new Opened(workspace, folder, folders, room);
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

    /// <summary>Takes what hooks print; the log of a build that has ended takes nothing.</summary>
    internal BuildLogWriter LogOf(Build build, IReadOnlyCollection<string> secrets) => BuildLogWriter.Silent(scopes, build, new SecretMask(secrets));

    internal sealed class Opened(Workspace workspace, Guid folder, BuildFolders folders, IDisposable room) : IAsyncDisposable
    {
        public Workspace Workspace => workspace;

        public ValueTask DisposeAsync()
        {
            room.Dispose();
            folders.Delete(folder);
            return ValueTask.CompletedTask;
        }
    }
}
