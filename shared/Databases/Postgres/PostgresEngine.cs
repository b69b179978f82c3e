using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Platform.Databases;

/// <summary>The engine <c>postgresql</c>: a database with roles of its own on the operator's server (delivery.md §8.2).</summary>
public sealed class PostgresEngine(
    PostgresAdministration administration, PostgresTools tools, PostgresQueries queries, DatabaseVault vault, IOptions<DatabaseOptions> options, ILogger<PostgresEngine> log) : IDatabaseEngine
{
    private const int LeftRoles = 20;

    public DatabaseEngine Kind => DatabaseEngine.Postgresql;

    public bool IsOffered => administration.IsConfigured;

    public int DefaultMaxSizeMb => options.Value.PostgresMaxSizeMb;

    public BackupFormat BackupFormat => BackupFormat.PgCustom;

    public async Task<bool> RenewPasswordAsync(ManagedDatabase database, CancellationToken ct)
    {
        var reader = database.Credentials is null ? DatabaseCredentials.NewPassword() : (await vault.OpenAsync(database, ct)).Reader;
        await vault.SealAsync(database, new DatabaseCredentials(DatabaseCredentials.NewPassword(), reader), ct);
        return true;
    }

    public async Task<DatabaseConnection> DescribeAsync(ManagedDatabase database, bool reveal, CancellationToken ct)
    {
        var (names, settings) = (new PostgresNames(database.Id), options.Value);
        var password = reveal ? (await vault.OpenAsync(database, ct)).Owner : Masked.Value;
        var uri = settings.PostgresPublicHost is { Length: > 0 } host
            ? $"postgresql://{names.Owner}:{password}@{host}:{settings.PostgresPublicPort}/{names.Database}?sslmode={settings.PostgresPublicSslMode}"
            : null;
        return new ServerConnection(settings.PostgresPublicHost, settings.PostgresPublicPort, names.Database, names.Owner, password, settings.PostgresPublicSslMode, uri);
    }

    public async Task<Result<MadeDatabase>> CreateAsync(ManagedDatabase database, Func<CancellationToken, Task> ready, CancellationToken ct)
    {
        if (await administration.CheckAsync(ct) is not null)
            return DatabaseErrors.ServerNotSetUp;
        var credentials = await vault.OpenAsync(database, ct);
        var stage = await StageAsync(database, credentials, ct);
        if (!await stage.IsSwitchedAsync(ct))
        {
            await stage.CreateAsync(ct);
            if (await queries.InitializeAsync(new PostgresPlace(database, credentials, stage.Name), ct) is { IsOk: false, Error: var refusal })
            {
                await stage.DropAsync(ct);
                return refusal!;
            }

            await stage.SwitchAsync(ready, ct);
        }

        return new MadeDatabase(await stage.FinishAsync(ct), await administration.VersionAsync(ct));
    }

    public async Task<Error?> ApplyAsync(ManagedDatabase database, bool endSessions, CancellationToken ct)
    {
        var names = new PostgresNames(database.Id);
        try
        {
            await administration.EnsureRolesAsync(names, await vault.OpenAsync(database, ct), database.MaxConnections, ct);
            await administration.RestrictAsync(names, database.IsOverSize, ct);
            if (endSessions)
                await administration.EndSessionsAsync(database: null, names.Owner, ct);
            return null;
        }
        catch (Exception fault) when (PostgresFault.IsOfConnection(fault) && fault is not PostgresException)
        {
            return DatabaseErrors.ServerUnavailable;
        }
    }

    public Task RemoveAsync(Guid organizationId, Guid databaseId, CancellationToken ct) =>
        administration.IsConfigured ? administration.RemoveAsync(new PostgresNames(databaseId), ct) : Task.CompletedTask;

    public void RemoveTenant(Guid organizationId)
    {
        // nothing is kept for an organization beside its databases
    }

    public async Task<IReadOnlyDictionary<Guid, long>> MeasureAsync(IReadOnlyList<ManagedDatabase> databases, CancellationToken ct)
    {
        try
        {
            var found = await administration.SizesAsync([.. databases.Select(database => new PostgresNames(database.Id).Database)], ct);
            var sizes = databases.Where(database => found.ContainsKey(new PostgresNames(database.Id).Database)).ToDictionary(database => database.Id, database => found[new PostgresNames(database.Id).Database]);
            await RestrictAsync(databases, sizes, ct);
            await administration.DropLeftRolesAsync(LeftRoles, ct);
            return sizes;
        }
        catch (Exception fault) when (PostgresFault.IsOfConnection(fault))
        {
            log.LogWarning(fault, "The managed PostgreSQL databases could not be measured");
            return new Dictionary<Guid, long>();
        }
    }

    public Task<Result<SqlOutcome>> RunAsync(ManagedDatabase database, SqlScript script, TimeSpan limit, CancellationToken ct) => queries.RunAsync(database, script, limit, ct);

    public Task<Result<Page<TableSummary>>> ListTablesAsync(ManagedDatabase database, TableFilter filter, CancellationToken ct) => queries.ListTablesAsync(database, filter, ct);

    public Task<Result<TableDetail?>> FindTableAsync(ManagedDatabase database, string name, TableDetailQuery query, CancellationToken ct) => queries.FindTableAsync(database, name, query, ct);

    public async Task BackUpAsync(ManagedDatabase database, string path, CancellationToken ct)
    {
        var (names, credentials) = (new PostgresNames(database.Id), await vault.OpenAsync(database, ct));
        await queries.ProbeAsync(database, credentials, ct);
        await using var file = File.OpenWrite(path);
        await tools.DumpAsync(administration.Server, names.Database, names.Owner, credentials.Owner, file, ct);
    }

    public async Task<MadeDatabase> RestoreAsync(ManagedDatabase target, Stream backup, Func<CancellationToken, Task> ready, CancellationToken ct)
    {
        var credentials = await vault.OpenAsync(target, ct);
        var stage = await StageAsync(target, credentials, ct);
        if (!await stage.IsSwitchedAsync(ct))
        {
            await stage.CreateAsync(ct);
            if (await tools.RestoreAsync(administration.Server, stage.Name, new PostgresNames(target.Id).Owner, credentials.Owner, backup, ct) is { } fault)
                throw new BackupException($"The backup cannot be restored: {fault.Split('\n')[0]}");
            await stage.GrantAsync(ct);
            if ((await administration.SizesAsync([stage.Name], ct)).GetValueOrDefault(stage.Name) > DatabaseFiles.BytesOf(target.MaxSizeMb))
                throw new BackupException(BackupErrors.TooLarge);
            await stage.SwitchAsync(ready, ct);
        }

        return new MadeDatabase(await stage.FinishAsync(ct), await administration.VersionAsync(ct));
    }

    public async Task AbandonRestoreAsync(ManagedDatabase target, CancellationToken ct) => await new PostgresStage(administration, await vault.OpenAsync(target, ct), target).AbandonAsync(ct);

    /// <summary>The size of the database that the session is on.</summary>
    internal static async Task<DatabaseSize> MeasureAsync(PostgresSession session, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(PostgresCatalogSql.Measure, session.Connection);
        await using var rows = await command.ExecuteReaderAsync(ct);
        await rows.ReadAsync(ct);
        return new DatabaseSize(rows.GetInt64(0), (int)rows.GetInt64(1));
    }

    private async Task<PostgresStage> StageAsync(ManagedDatabase database, DatabaseCredentials credentials, CancellationToken ct)
    {
        await administration.EnsureRolesAsync(new PostgresNames(database.Id), credentials, database.MaxConnections, ct);
        return new PostgresStage(administration, credentials, database);
    }

    // A tenant can take the restriction off his role; here it comes back.
    private async Task RestrictAsync(IReadOnlyList<ManagedDatabase> databases, Dictionary<Guid, long> sizes, CancellationToken ct)
    {
        var restricted = await administration.RestrictedAsync(ct);
        foreach (var database in databases.Where(database => sizes.ContainsKey(database.Id)))
        {
            var names = new PostgresNames(database.Id);
            var isOver = sizes[database.Id] > DatabaseFiles.BytesOf(database.MaxSizeMb);
            if (isOver != restricted.Contains(names.Owner))
                await administration.RestrictAsync(names, isOver, ct);
        }
    }
}
