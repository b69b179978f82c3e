using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Blobs;
using Platform.Data;
using Platform.Identity;

namespace Platform.Variables;

/// <summary>
/// Deletes content that no variable names: what a crash left between upload and save, and that of projects and organizations which are gone.
/// An upload is saved within the time that a request may take, so an hour is long enough to leave alone.
/// </summary>
public sealed class VariableFileSweep(IServiceScopeFactory scopes, IBlobStore blobs, DatabaseReady ready, TimeProvider clock)
{
    private const int Batch = 200;
    private static readonly TimeSpan LeftAlone = TimeSpan.FromHours(1);

    /// <summary>Says how many blobs it deleted. Before the database is ready it does nothing.</summary>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        if (!ready.IsReady)
            return 0;
        var before = clock.GetUtcNow() - LeftAlone;
        var deleted = 0;
        var batch = new Dictionary<Guid, string>(Batch);
        await foreach (var blob in blobs.ListAsync(VariableFiles.Prefix, ct))
        {
            if (blob.CreatedAt > before || VariableFiles.IdOf(blob.Key) is not { } id)
                continue;
            batch.Add(id, blob.Key);
            if (batch.Count < Batch)
                continue;
            deleted += await DeleteUnnamedAsync(batch, ct);
            batch.Clear();
        }

        return deleted + await DeleteUnnamedAsync(batch, ct);
    }

    private async Task<int> DeleteUnnamedAsync(Dictionary<Guid, string> batch, CancellationToken ct)
    {
        if (batch.Count == 0)
            return 0;
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var ids = batch.Keys.ToList();
        var named = await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().Variables
            .Where(variable => variable.ContentId != null && ids.Contains(variable.ContentId.Value)).Select(variable => variable.ContentId!.Value).ToListAsync(ct);
        var unnamed = ids.Except(named).ToList();
        foreach (var id in unnamed)
            await blobs.DeleteAsync(batch[id], ct);
        return unnamed.Count;
    }
}
