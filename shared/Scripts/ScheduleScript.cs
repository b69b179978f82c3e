using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;

namespace Platform.Scripts;

/// <summary>Schedules runs of the caller's scripts.</summary>
public sealed class ScheduleScript(PlatformDbContext db, ScriptQueries scripts, AuditTrail audit, IOptions<ScriptOptions> options, TimeProvider clock)
{
    public async Task<Result<ScriptScheduleView>> GetAsync(Guid id, CancellationToken ct)
    {
        var found = await FindAsync(id, ct);
        return found.IsOk ? ScriptScheduleView.From(found.Value) : found.Error;
    }

    /// <summary>Makes or replaces the schedule. Who lets scripts run by themselves needs the right to run them.</summary>
    public async Task<Result<ScriptScheduleView>> SetAsync(Guid id, ScriptScheduleRequest request, CancellationToken ct)
    {
        if (!db.Caller.Can(Permissions.ExecutionsRun))
            return PermissionErrors.Missing(db.Caller, Permissions.ExecutionsRun);
        if (await scripts.FindAsync(id, ct) is not { } script)
            return ScriptErrors.NotFound;
        audit.Target("script", script.Id, script.Name);
        try
        {
            return await db.InTransactionAsync(() => StoreAsync(script, request, ct), ct);
        }
        catch (DbUpdateException lost) when (lost is DbUpdateConcurrencyException || lost.IsUniqueViolation())
        {
            return ScriptErrors.Stale;
        }
    }

    public async Task<Result<Nothing>> DeleteAsync(Guid id, CancellationToken ct)
    {
        var found = await FindAsync(id, ct);
        if (!found.IsOk)
            return found.Error;
        db.Remove(found.Value);
        try
        {
            await db.SaveChangesAsync(ct);
            return default(Nothing);
        }
        catch (DbUpdateConcurrencyException)
        {
            return ScriptErrors.Stale; // it has just run
        }
    }

    private async Task<Result<ScriptScheduleView>> StoreAsync(SavedScript script, ScriptScheduleRequest request, CancellationToken ct)
    {
        var most = options.Value.MaxSchedulesPerUser;
        await db.LockUserAsync(script.UserId, ct);
        if (request.Enabled && await CountOthersAsync(script, ct) >= most)
            return ScriptErrors.TooManySchedules(most);
        if (await db.ScriptSchedules.SingleOrDefaultAsync(found => found.ScriptId == script.Id, ct) is not { } schedule)
            schedule = db.Add(new ScriptSchedule { ScriptId = script.Id }).Entity;
        schedule.Set(CronExpression.Parse(request.Cron)!, request.Timezone, request.Enabled, UtcMillisecondsConverter.Truncate(clock.GetUtcNow()));
        audit.Change("cron", null, schedule.Cron);
        audit.Change("enabled", null, schedule.Enabled);
        await db.SaveChangesAsync(ct);
        return ScriptScheduleView.From(schedule);
    }

    private Task<int> CountOthersAsync(SavedScript script, CancellationToken ct) => db.ScriptSchedules.CountAsync(
        schedule => schedule.Enabled && schedule.ScriptId != script.Id && db.SavedScripts.Any(other => other.Id == schedule.ScriptId && other.UserId == script.UserId), ct);

    private async Task<Result<ScriptSchedule>> FindAsync(Guid id, CancellationToken ct)
    {
        if (await scripts.FindAsync(id, ct) is null)
            return ScriptErrors.NotFound;
        return await db.ScriptSchedules.SingleOrDefaultAsync(schedule => schedule.ScriptId == id, ct) is { } schedule ? schedule : ScriptErrors.ScheduleNotFound;
    }
}
