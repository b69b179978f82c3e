using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Data;
using Platform.Identity;

namespace Platform.Domains;

/// <summary>Checks the domains whose time has come. The timer runs on one node at a time.</summary>
public sealed class DueDomains(IServiceScopeFactory scopes, DomainCheck check, DatabaseReady ready, TimeProvider clock, ILogger<DueDomains> log)
{
    private const int Batch = 500;
    private const int AtOnce = 16;

    /// <summary>Says how many it looked at. Before the database is ready it does nothing.</summary>
    public async Task<int> CheckAsync(CancellationToken ct)
    {
        if (!ready.IsReady)
            return 0;
        var due = await FindAsync(ct);
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (id, token) =>
        {
            try
            {
                await check.CheckAsync(id, asked: false, token);
            }
            catch (Exception fault) when (!token.IsCancellationRequested)
            {
                log.LogError(fault, "Domain {DomainId} could not be checked", id);
            }
        });
        return due.Count;
    }

    private async Task<List<Guid>> FindAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var now = clock.GetUtcNow();
        return await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().Domains
            .Where(domain => domain.NextCheckAt != null && domain.NextCheckAt <= now).OrderBy(domain => domain.NextCheckAt).Select(domain => domain.Id).Take(Batch).ToListAsync(ct);
    }
}
