using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Data;
using Platform.Identity;
using Platform.Organizations;

namespace Platform.Alerts;

/// <summary>
/// Evaluates the alerts that are due. A node claims one by moving its time a minute ahead, for which only one finds the time as it was; should it die, the alert is due
/// again by then. The outcome is stored only when nobody has changed the alert meanwhile.
/// </summary>
public sealed class EvaluateAlerts(IServiceScopeFactory scopes, DatabaseReady ready, TimeProvider clock, ILogger<EvaluateAlerts> log)
{
    private const int Batch = 1000;
    private const int AtOnce = 16;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    /// <summary>Says how many it evaluated.</summary>
    public async Task<int> RunDueAsync(CancellationToken ct)
    {
        await ready.WaitAsync(ct);
        var evaluated = 0;
        await Parallel.ForEachAsync(await FindDueAsync(ct), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (due, stop) =>
        {
            try
            {
                if (await EvaluateAsync(due, stop))
                    Interlocked.Increment(ref evaluated);
            }
            catch (Exception fault) when (!stop.IsCancellationRequested)
            {
                log.LogError(fault, "Alert {AlertId} could not be evaluated", due.Id);
            }
        });
        return evaluated;
    }

    private async Task<List<Due>> FindDueAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var (db, now) = (scope.ServiceProvider.GetRequiredService<PlatformDbContext>(), clock.GetUtcNow());
        return await db.AlertRules.Where(alert => alert.Enabled && alert.NextEvaluationAt <= now && db.Projects.Any(project => project.Id == alert.ProjectId && project.Status == ProjectStatus.Active))
            .OrderBy(alert => alert.NextEvaluationAt).ThenBy(alert => alert.Id).Select(alert => new Due(alert.Id, alert.OrganizationId, alert.NextEvaluationAt)).Take(Batch).ToListAsync(ct);
    }

    private async Task<bool> EvaluateAsync(Due due, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.System(due.OrganizationId), $"alert_{due.Id:N}_{clock.GetUtcNow().ToUnixTimeSeconds()}");
        var (services, claimed) = (scope.ServiceProvider, UtcMillisecondsConverter.Truncate(clock.GetUtcNow() + Lease));
        var db = services.GetRequiredService<PlatformDbContext>();
        var isMine = await db.InTransactionAsync(
            async () => await db.AlertRules.Where(alert => alert.Id == due.Id && alert.Enabled && alert.NextEvaluationAt == due.At)
                .ExecuteUpdateAsync(set => set.SetProperty(alert => alert.NextEvaluationAt, claimed), ct) > 0,
            ct);
        if (!isMine || await db.AlertRules.SingleOrDefaultAsync(alert => alert.Id == due.Id, ct) is not { } rule)
            return false;
        var now = UtcMillisecondsConverter.Truncate(clock.GetUtcNow());
        var outcome = await OutcomeAsync(services.GetRequiredService<EvaluateCondition>(), rule, now, ct);
        try
        {
            await db.InTransactionAsync(
                async () =>
                {
                    await services.GetRequiredService<AlertJournal>().WriteAsync(rule, rule.Take(outcome, now), AlertClosing.Evaluated, now, ct);
                    return await db.SaveChangesAsync(ct);
                },
                ct);
            return true;
        }
        catch (DbUpdateConcurrencyException)
        {
            return false; // changed or deleted meanwhile: the next time
        }
    }

    private static async Task<AlertOutcome> OutcomeAsync(EvaluateCondition evaluate, AlertRule rule, DateTimeOffset now, CancellationToken ct)
    {
        var condition = ConditionParser.Parse(rule.Expression).Condition ?? throw new UnreachableException("A stored expression is canonical");
        var run = await evaluate.RunAsync(rule.ProjectId, condition, now, ct);
        return run.IsOk ? new AlertOutcome(run.Value.Holds, run.Value.Value) : new AlertOutcome(Holds: null, Value: null, run.Error.Message);
    }

    private sealed record Due(Guid Id, Guid OrganizationId, DateTimeOffset At);
}
