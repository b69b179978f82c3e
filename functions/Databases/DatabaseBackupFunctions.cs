using Microsoft.AspNetCore.Http;
using Platform.Databases;

namespace Platform.Functions.Databases;

/// <summary>Backups of databases.</summary>
[Api(Family.Delivery)]
public sealed class DatabaseBackupFunctions(DatabaseQueries databases, BackupQueries backups, StartBackup start, StartRestore restore, ChangeDatabase change, BackupFiles content, TimeProvider clock)
{
    private const string Database = "api/databases/{databaseId}";
    private const string All = $"{Database}/backups";
    private const string One = $"{All}/{{backupId}}";

    /// <summary>Start a backup; it is made in the background.</summary>
    [Function("DatabaseBackups_Create")]
    [Operation(Permissions.DatabasesBackup, Rate.Default, Success = 201, ObjectFirst = true, Idempotent = true, Audit = "database.backup", Body = typeof(NewBackup))]
    public async Task<Result<BackupView>> CreateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest http, string databaseId, CancellationToken ct)
    {
        var found = await databases.FindAsync(databaseId.ToId(), Permissions.DatabasesBackup, ct);
        var body = found.IsOk ? await http.ReadBodyAsync<NewBackup>(ct) : found.Error;
        var started = body.IsOk ? await start.StartAsync(found.Value, body.Value, http.Api().CorrelationId, BackupView.Of, ct) : body.Error;
        return started.IsOk ? BackupView.Of(started.Value) : started.Error;
    }

    /// <summary>List the backups of a database.</summary>
    [Function("DatabaseBackups_List")]
    [Operation(Permissions.DatabasesRead, Rate.Default, ObjectFirst = true, Query = typeof(BackupFilter))]
    public async Task<Result<Page<BackupView>>> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest http, string databaseId, CancellationToken ct)
    {
        var found = await databases.FindAsync(databaseId.ToId(), Permissions.DatabasesRead, ct);
        var filter = found.IsOk ? http.ReadQuery<BackupFilter>() : found.Error;
        if (!filter.IsOk)
            return filter.Error;
        var page = await backups.ListAsync(found.Value, filter.Value, ct);
        return new Page<BackupView>([.. page.Items.Select(BackupView.Of)], page.Total, page.Limit, page.Offset);
    }

    /// <summary>Put a backup into its database, or into a new one; it is done in the background.</summary>
    [Function("DatabaseBackups_Restore")]
    [Operation(Permissions.DatabasesRestore, Rate.Sensitive, Success = 202, ObjectFirst = true, Idempotent = true, Audit = "database.restore", Body = typeof(NewRestore))]
    public async Task<Result<StartedRestore>> RestoreAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = $"{One}/restore")] HttpRequest http, string databaseId, string backupId, CancellationToken ct)
    {
        var database = await databases.FindAsync(databaseId.ToId(), Permissions.DatabasesRestore, ct);
        if (!database.IsOk)
            return database.Error;
        var backup = await backups.FindAsync(database.Value.Id, backupId.ToId(), Permissions.DatabasesRestore, ct);
        var body = backup.IsOk ? await http.ReadBodyAsync<NewRestore>(ct) : backup.Error;
        return body.IsOk ? await restore.StartAsync(database.Value, backup.Value, body.Value, http.Api().CorrelationId, ct) : body.Error;
    }

    /// <summary>Delete a backup.</summary>
    [Function("DatabaseBackups_Delete")]
    [Operation(Permissions.DatabasesBackup, Rate.Default, ObjectFirst = true, Audit = "database.backup_delete")]
    public async Task<Result<BackupDeletedView>> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest http, string databaseId, string backupId, CancellationToken ct)
    {
        var found = await backups.FindAsync(databaseId.ToId(), backupId.ToId(), Permissions.DatabasesBackup, ct);
        var deleted = found.IsOk ? await start.DeleteAsync(found.Value, ct) : found.Error;
        return deleted.IsOk ? new BackupDeletedView(found.Value.Id, Deleted: true) : deleted.Error;
    }

    /// <summary>Download a backup: with <c>sqlite</c> the database's file, compressed by gzip; with <c>postgresql</c> an archive for <c>pg_restore</c>.</summary>
    [Function("DatabaseBackups_Download")]
    [Operation(Permissions.DatabasesBackup, Rate.Default, ObjectFirst = true, Audit = "database.backup_download", Response = typeof(string), Produces = BackupFiles.MediaType)]
    public async Task<object> DownloadAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{One}/download")] HttpRequest http, string databaseId, string backupId, CancellationToken ct)
    {
        var found = await backups.FindContentAsync(databaseId.ToId(), backupId.ToId(), ct);
        if (!found.IsOk)
            return (Result<Nothing>)found.Error;
        if (await content.OpenAsync(found.Value, ct) is not { } stream)
            return (Result<Nothing>)BackupErrors.Corrupt;
        http.HttpContext.Response.Headers.CacheControl = "no-store";
        return Results.Stream(stream, BackupFiles.MediaTypeOf(found.Value.Format), BackupFiles.FileNameOf(found.Value));
    }

    /// <summary>Set when backups are made by themselves, and how long they are kept.</summary>
    [Function("DatabaseBackups_Schedule")]
    [Operation(Permissions.DatabasesBackup, Rate.Default, ObjectFirst = true, Audit = "database.backup_schedule", Body = typeof(BackupScheduleChange))]
    public async Task<Result<ChangedScheduleView>> ScheduleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = $"{Database}/backup-schedule")] HttpRequest http, string databaseId, CancellationToken ct)
    {
        var found = await databases.FindAsync(databaseId.ToId(), Permissions.DatabasesBackup, ct);
        var body = found.IsOk ? await http.ReadBodyAsync<BackupScheduleChange>(ct) : found.Error;
        var changed = body.IsOk ? await change.ScheduleAsync(found.Value, body.Value, ct) : body.Error;
        return changed.IsOk ? ChangedScheduleView.Of(changed.Value, clock.GetUtcNow()) : changed.Error;
    }
}
