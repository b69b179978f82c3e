using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Events;
using Platform.Executions;
using Platform.Identity;

namespace Platform.Replay;

/// <summary>
/// Puts events back on the platform's event bus. They are history for all consumers with effects but the one that the replay names; for
/// <c>execution-coordinator</c> the request of an execution is done again here, in the transaction that stores the repetition.
/// </summary>
public sealed class ReplayBus(IServiceScopeFactory scopes)
{
    /// <summary>Whether the event starts something, so that it has a transaction of its own.</summary>
    public static bool Starts(PlatformEvent original, string? targetService) =>
        targetService == ConsumerServices.ExecutionCoordinator && original.EventType == ExecutionRequested.Name;

    /// <param name="claim">Runs first in the transaction; false means that the events were replayed by somebody else, and nothing is stored.</param>
    public async Task<Result<bool>> SendAsync(IReadOnlyList<PlatformEvent> originals, ReplaySource source, Func<PlatformDbContext, Task<bool>> claim, CancellationToken ct)
    {
        if (originals is [var request] && Starts(request, source.TargetService))
            return await StartAsync(request, source, claim, ct);

        await using var scope = scopes.CreateScopeFor(Caller.Platform, source.CorrelationId);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        return await db.InTransactionAsync(
            async () =>
            {
                if (!await claim(db))
                    return false;
                foreach (var original in originals)
                    db.Raise(source.Repeat(original));
                await db.SaveChangesAsync(ct);
                return true;
            },
            ct);
    }

    private async Task<Result<bool>> StartAsync(PlatformEvent request, ReplaySource source, Func<PlatformDbContext, Task<bool>> claim, CancellationToken ct)
    {
        var owner = await FindOwnerAsync(request, ct);
        if (!owner.IsOk)
            return owner.Error;

        await using var scope = scopes.CreateScopeFor(owner.Value, source.CorrelationId);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        return await scope.ServiceProvider.GetRequiredService<RepeatExecution>().RepeatAsync(
            request,
            async () =>
            {
                if (!await claim(db))
                    return false;
                db.Raise(source.Repeat(request));
                return true;
            },
            ct);
    }

    private async Task<Result<Caller>> FindOwnerAsync(PlatformEvent request, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        return await scope.ServiceProvider.GetRequiredService<ReplayOwners>().FindAsync(request, ct);
    }
}
