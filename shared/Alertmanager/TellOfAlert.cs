using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Data;
using Platform.Identity;
using Platform.Notifications;

namespace Platform.Alertmanager;

/// <summary>Tells users of an alert, page by page and twenty at a time. Who cannot be told is counted; the others are told all the same.</summary>
public sealed class TellOfAlert(IServiceScopeFactory scopes, ILogger<TellOfAlert> log)
{
    private const int PageSize = 200;
    private const int AtOnce = 20;

    public async Task<AlertPage> TellPageAsync(AlertFanOut.Item item, Guid after, string? correlationId, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform, correlationId);
        var state = await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().AlertStates.AsNoTracking().SingleOrDefaultAsync(found => found.Id == item.StateId, ct);
        if (state is null)
            return new AlertPage(null, 0, 0);

        var targets = await scope.ServiceProvider.GetRequiredService<AlertTargets>().PageAsync(state.Severity, after, PageSize, ct);
        var (told, failed) = (0, 0);
        await Parallel.ForEachAsync(targets, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (target, stop) =>
        {
            if (await TryTellAsync(AlertNotice.Of(state, item.Change == AlertChange.Resolved, target, correlationId), new NoticeCause(item.CauseId, correlationId), stop) is { } rows)
                Interlocked.Add(ref told, rows);
            else
                Interlocked.Increment(ref failed);
        });
        return new AlertPage(targets.Count == PageSize ? targets[^1].UserId : null, told, failed);
    }

    private async Task<int?> TryTellAsync(Notice notice, NoticeCause cause, CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateScopeFor(Caller.Platform, cause.CorrelationId);
            var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
            var fanOut = scope.ServiceProvider.GetRequiredService<NotificationFanOut>();
            return await db.InTransactionAsync(
                async () =>
                {
                    var added = await fanOut.AddAsync(notice, cause, ct);
                    await db.SaveChangesAsync(ct);
                    return added.IsOk ? added.Value : 0; // he has had enough of them
                },
                ct);
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            log.LogWarning(fault, "User {UserId} could not be told of the alert {CauseId}", notice.UserId, cause.Id);
            return null;
        }
    }
}
