using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Data;
using Platform.Executions;
using Platform.Identity;
using Platform.Organizations;

namespace Platform.Scripts;

/// <summary>
/// Starts the runs that are due, in the name of the scripts' owners and with what these may do now. A run and the schedule's next time are one transaction, which
/// the schedule's version lets only one node commit.
/// </summary>
public sealed class ScheduledRuns(IServiceScopeFactory scopes, AccessDirectory access, DatabaseReady ready, TimeProvider clock, ILogger<ScheduledRuns> log)
{
    private const int Batch = 1000;
    private const string NotAllowed = "The owner may not run scripts in this project";

    /// <summary>Says how many it started; what cannot be started now is noted on its schedule and waits for the next time.</summary>
    public async Task<int> StartDueAsync(CancellationToken ct)
    {
        await ready.WaitAsync(ct);
        var started = 0;
        foreach (var due in await FindDueAsync(ct))
        {
            try
            {
                if (await StartAsync(due, ct))
                    started++;
            }
            catch (Exception fault) when (!ct.IsCancellationRequested)
            {
                log.LogError(fault, "The scheduled run of script {ScriptId} could not be started", due.ScriptId);
            }
        }

        return started;
    }

    private async Task<List<Due>> FindDueAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var (db, now) = (scope.ServiceProvider.GetRequiredService<PlatformDbContext>(), clock.GetUtcNow());
        var due = from schedule in db.ScriptSchedules
                  where schedule.Enabled && schedule.NextRunAt <= now
                  join script in db.SavedScripts on schedule.ScriptId equals script.Id
                  join user in db.Users on script.UserId equals user.Id
                  orderby schedule.NextRunAt
                  select new Due(script.Id, user.Id, user.Username, user.IsActive && !(user.BannedUntil > now), script.OrganizationId, script.ProjectId);
        return await due.Take(Batch).ToListAsync(ct);
    }

    private async Task<bool> StartAsync(Due due, CancellationToken ct)
    {
        var owner = new Caller { Kind = CallerKind.User, UserId = due.UserId, Username = due.Username, OrganizationId = due.OrganizationId }
            .At(await access.FindAsync(due.UserId, due.OrganizationId, ct), due.ProjectId);
        await using var scope = scopes.CreateScopeFor(owner, $"schedule_{due.ScriptId:N}_{clock.GetUtcNow().ToUnixTimeSeconds()}");
        var services = scope.ServiceProvider;
        var db = services.GetRequiredService<PlatformDbContext>();
        try
        {
            var now = UtcMillisecondsConverter.Truncate(clock.GetUtcNow());
            if (await db.ScriptSchedules.SingleOrDefaultAsync(found => found.ScriptId == due.ScriptId && found.Enabled && found.NextRunAt <= now, ct) is not { } schedule)
                return false;
            if (!due.IsEnabled || !owner.Can(Permissions.ExecutionsRun) || !owner.Can(Permissions.ScriptsRead))
                return await SwitchOffAsync(db, schedule, now, ct);
            schedule.Begin(now);
            return await BeginAsync(services, db, schedule, ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            return false; // another node was first, or the owner has just changed it
        }
    }

    // The start saves the schedule's new state with the execution.
    private static async Task<bool> BeginAsync(IServiceProvider services, PlatformDbContext db, ScriptSchedule schedule, CancellationToken ct)
    {
        var id = schedule.ScriptId;
        var started = await services.GetRequiredService<RunScript>().RunAsync(id, new ScriptRunRequest(), ct);
        if (!started.IsOk)
        {
            schedule.Fail(started.Error.Message);
            await db.SaveChangesAsync(ct);
            return false;
        }

        return await db.InTransactionAsync(
            async () => await db.ScriptSchedules.Where(found => found.ScriptId == id)
                .ExecuteUpdateAsync(set => set.SetProperty(found => found.LastExecutionId, started.Value.ExecutionId), ct) > 0,
            ct);
    }

    private static async Task<bool> SwitchOffAsync(PlatformDbContext db, ScriptSchedule schedule, DateTimeOffset now, CancellationToken ct)
    {
        schedule.SwitchOff(NotAllowed, now);
        await db.SaveChangesAsync(ct);
        return false;
    }

    private sealed record Due(Guid ScriptId, Guid UserId, string Username, bool IsEnabled, Guid OrganizationId, Guid ProjectId);
}
