using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;
using Platform.RateLimits;

namespace Platform.Databases;

/// <summary>Changes a database's settings. The row's version decides between two changes at once: the later one is refused.</summary>
public sealed class ChangeDatabase(PlatformDbContext db, DatabaseQueries databases, DatabaseEngines engines, SensitiveLimit limit, AuditTrail audit, TimeProvider clock)
{
    public async Task<Result<ManagedDatabase>> ChangeAsync(ManagedDatabase database, DatabaseChange change, CancellationToken ct)
    {
        if (change.ResetPassword && await CheckResetAsync(database, ct) is { } refusal)
            return refusal;
        if (await databases.CheckProjectAsync(database.ProjectId, ct) is { } archived)
            return archived;
        if (database.Status != DatabaseStatus.Available && (change.ResetPassword || database.Status != DatabaseStatus.Error))
            return DatabaseErrors.NotAvailable(database.Status);
        var engine = engines.Of(database);
        if (change.NewMaxSizeMb is { } most && (await engine.MeasureAsync([database], ct)).GetValueOrDefault(database.Id, database.SizeBytes) > DatabaseFiles.BytesOf(most))
            return DatabaseErrors.SizeLimit;
        if (!await ApplyAsync(database, engine, change, ct))
            return database;

        database.UpdatedAt = clock.GetUtcNow();
        database.Version++;
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException taken) when (taken.IsUniqueViolation())
        {
            return DatabaseErrors.NameTaken;
        }

        return database.Status == DatabaseStatus.Available && await engine.ApplyAsync(database, endSessions: change.ResetPassword, ct) is { } fault ? fault : database;
    }

    public async Task<Result<ManagedDatabase>> ScheduleAsync(ManagedDatabase database, BackupScheduleChange change, CancellationToken ct)
    {
        if (await databases.CheckProjectAsync(database.ProjectId, ct) is { } archived)
            return archived;
        Apply(database, change);
        await db.SaveChangesAsync(ct);
        return database;
    }

    private void Apply(ManagedDatabase database, BackupScheduleChange change)
    {
        var (now, before) = (clock.GetUtcNow(), database.BackupSchedule);
        database.Schedule((before ?? BackupSchedule.Default).With(change), now);
        audit.Change("backupSchedule", before, database.BackupSchedule);
        database.UpdatedAt = now;
        database.Version++;
    }

    private async Task<Error?> CheckResetAsync(ManagedDatabase database, CancellationToken ct)
    {
        if (await limit.CountAsync(ct) is { } tooOften)
            return tooOften;
        return databases.CheckCredentials(database.ProjectId) ?? (database.Credentials is null ? DatabaseErrors.NoPassword : null);
    }

    private async Task<bool> ApplyAsync(ManagedDatabase database, IDatabaseEngine engine, DatabaseChange change, CancellationToken ct)
    {
        var any = Apply(database, change);
        if (!change.ResetPassword)
            return any;
        await engine.RenewPasswordAsync(database, ct);
        audit.ChangeSecret("password");
        return true;
    }

    // False when all is as it was.
    private bool Apply(ManagedDatabase database, DatabaseChange change)
    {
        var any = false;
        Set("name", database.Name, change.Name ?? database.Name, value => database.Name = value);
        if (change.HasDescription)
            Set("description", database.Description, change.Description is { Length: > 0 } text ? text : null, value => database.Description = value);
        Set("readOnly", database.ReadOnly, change.NewReadOnly ?? database.ReadOnly, value => database.ReadOnly = value);
        Set("deletionProtection", database.DeletionProtection, change.NewDeletionProtection ?? database.DeletionProtection, value => database.DeletionProtection = value);
        Set("maxSizeMb", database.MaxSizeMb, change.NewMaxSizeMb ?? database.MaxSizeMb, value => database.MaxSizeMb = value);
        Set("maxConnections", database.MaxConnections, change.NewMaxConnections ?? database.MaxConnections, value => database.MaxConnections = value);
        Set("statementTimeoutMs", database.StatementTimeoutMs, change.NewStatementTimeoutMs ?? database.StatementTimeoutMs, value => database.StatementTimeoutMs = value);
        if (change.Tags is { } tags && !tags.OrderBy(tag => tag.Key).SequenceEqual(database.Tags.OrderBy(tag => tag.Key).Select(tag => KeyValuePair.Create(tag.Key, tag.Value))))
        {
            audit.Change("tags", database.Tags.ToDictionary(tag => tag.Key, tag => tag.Value), tags);
            database.Tag(tags);
            any = true;
        }

        if (change.BackupSchedule is { } schedule)
        {
            Apply(database, schedule);
            any = true;
        }

        return any;

        void Set<T>(string field, T from, T to, Action<T> set)
        {
            if (EqualityComparer<T>.Default.Equals(from, to))
                return;
            audit.Change(field, from, to);
            set(to);
            any = true;
        }
    }
}
