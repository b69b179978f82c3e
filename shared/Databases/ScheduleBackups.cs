using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Data;
using Platform.Identity;
using Platform.Workflows;

namespace Platform.Databases;

/// <summary>
/// Starts the backups that are due. A start and the schedule's next time are one transaction, which the database's version lets only one node commit. Missed times are
/// made up for once; when something else is being done with the database, its time is skipped and noted.
/// </summary>
public sealed class ScheduleBackups(IServiceScopeFactory scopes, DatabaseReady ready, TimeProvider clock, ILogger<ScheduleBackups> log)
{
    private const int Batch = 500;

    /// <summary>Says how many it started.</summary>
    public async Task<int> StartDueAsync(CancellationToken ct)
    {
        if (!ready.IsReady)
            return 0;
        var started = 0;
        foreach (var (id, organizationId) in await FindDueAsync(ct))
        {
            try
            {
                if (await StartAsync(id, organizationId, ct))
                    started++;
            }
            catch (DbUpdateException)
            {
                // another node was first, or somebody has just changed it; the next run sees
            }
            catch (Exception fault) when (!ct.IsCancellationRequested)
            {
                log.LogError(fault, "The scheduled backup of database {DatabaseId} could not be started", id);
            }
        }

        return started;
    }

    private async Task<List<(Guid Id, Guid OrganizationId)>> FindDueAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var now = clock.GetUtcNow();
        var due = await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().Databases.Where(database => database.NextBackupAt <= now)
            .OrderBy(database => database.NextBackupAt).Take(Batch).Select(database => new { database.Id, database.OrganizationId }).ToListAsync(ct);
        return [.. due.Select(found => (found.Id, found.OrganizationId))];
    }

    private async Task<bool> StartAsync(Guid id, Guid organizationId, CancellationToken ct)
    {
        var now = UtcMillisecondsConverter.Truncate(clock.GetUtcNow());
        var correlation = $"backup_{id:N}_{now.ToUnixTimeSeconds()}";
        await using var scope = scopes.CreateScopeFor(Caller.System(organizationId), correlation);
        var (db, backups) = (scope.ServiceProvider.GetRequiredService<PlatformDbContext>(), scope.ServiceProvider.GetRequiredService<StartBackup>());
        if (await db.Databases.SingleOrDefaultAsync(found => found.Id == id && found.NextBackupAt <= now, ct) is not { BackupSchedule: { } schedule } database)
            return false;
        var starts = database.Status == DatabaseStatus.Available && !await backups.IsLiveAsync(id, ct);
        if (starts)
        {
            var backup = backups.Add(database, BackupType.Scheduled, name: null, schedule.RetentionDays);
            var workflows = scope.ServiceProvider.GetRequiredService<IWorkflows>();
            workflows.Start(DatabaseBackupRun.Name, DatabaseBackupRun.InstanceId(backup.Id), new DatabaseBackupRun.Input(organizationId, backup.Id, correlation));
        }

        (database.LastScheduledAt, database.LastScheduledStatus) = (now, starts ? ScheduledBackupStatus.Pending : ScheduledBackupStatus.Skipped);
        database.Schedule(schedule, now);
        database.Version++;
        await db.SaveChangesAsync(ct);
        return starts;
    }
}
