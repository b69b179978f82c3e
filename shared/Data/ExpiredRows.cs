using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Identity;

namespace Platform.Data;

/// <summary>Deletes rows of all tenants that nothing needs any more, 500 at a time, so that no other writer waits long.</summary>
public sealed class ExpiredRows(IServiceScopeFactory scopes, DatabaseReady ready, WriteGate writes)
{
    internal const int Batch = 500;

    /// <summary>Deletes until none of <paramref name="expired"/> is left, in its order, and says how many there were. Before the database is ready it does nothing.</summary>
    public async Task<int> DeleteAsync<T>(Func<PlatformDbContext, IOrderedQueryable<T>> expired, CancellationToken ct)
        where T : class
    {
        if (!ready.IsReady)
            return 0;
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var rows = expired(scope.ServiceProvider.GetRequiredService<PlatformDbContext>()).Take(Batch);
        var (total, deleted) = (0, 0);
        do
        {
            using (await writes.EnterAsync(ct))
                deleted = await rows.ExecuteDeleteAsync(ct);
            total += deleted;
        }
        while (deleted == Batch);
        return total;
    }
}
