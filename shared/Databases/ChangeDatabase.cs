using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;

namespace Platform.Databases;

/// <summary>Changes a database's settings. The row's version decides between two changes at once: the later one is refused.</summary>
public sealed class ChangeDatabase(PlatformDbContext db, DatabaseQueries databases, DatabaseFiles files, AuditTrail audit, TimeProvider clock)
{
    public async Task<Result<ManagedDatabase>> ChangeAsync(ManagedDatabase database, DatabaseChange change, CancellationToken ct)
    {
        if (change.ResetPassword)
            return db.Caller.CanIn(database.ProjectId, Permissions.DatabasesCredentials) ? DatabaseErrors.NoPassword : PermissionErrors.Missing(db.Caller, Permissions.DatabasesCredentials);
        if (await databases.CheckProjectAsync(database, ct) is { } archived)
            return archived;
        if (database.Status is not (DatabaseStatus.Available or DatabaseStatus.Error))
            return DatabaseErrors.NotAvailable(database.Status);
        if (change.NewMaxSizeMb is { } most && files.SizeOf(database) > DatabaseFiles.BytesOf(most))
            return DatabaseErrors.SizeLimit;
        if (!Apply(database, change))
            return database;

        database.UpdatedAt = clock.GetUtcNow();
        database.Version++;
        try
        {
            await db.SaveChangesAsync(ct);
            return database;
        }
        catch (DbUpdateException fault) when (fault.IsUniqueViolation())
        {
            return DatabaseErrors.NameTaken;
        }
    }

    public async Task<Result<ManagedDatabase>> ScheduleAsync(ManagedDatabase database, BackupScheduleChange change, CancellationToken ct)
    {
        if (await databases.CheckProjectAsync(database, ct) is { } archived)
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
