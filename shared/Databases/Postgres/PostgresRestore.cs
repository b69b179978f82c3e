using Npgsql;

namespace Platform.Databases;

/// <summary>
/// Puts a backup into a database of its own and then in the place of the old one: two renames that are one transaction, so that clients find one or the other and never
/// none (delivery.md §12.1).
/// </summary>
internal sealed class PostgresRestore(PostgresAdministration administration, PostgresTools tools, DatabaseCredentials credentials, ManagedDatabase target)
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(2);

    // As the owner, who has made all that there is: what he makes later is readable too.
    private const string Grants = """
        DO $grants$
        DECLARE found text;
        BEGIN
            FOR found IN SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
                EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA %I TO {0}', found);
                EXECUTE pg_catalog.format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO {0}', found);
                EXECUTE pg_catalog.format('GRANT SELECT ON ALL SEQUENCES IN SCHEMA %I TO {0}', found);
            END LOOP;
        END
        $grants$;
        """;

    private static readonly string[] Defaults =
    [
        "ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO {0}", "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {0}", "ALTER DEFAULT PRIVILEGES GRANT SELECT ON SEQUENCES TO {0}",
    ];

    private readonly PostgresNames _names = new(target.Id);

    /// <summary>Gives the reader what is the owner's, now and from now on.</summary>
    public static async Task GrantAsync(PostgresSession owner, PostgresNames names, CancellationToken ct)
    {
        foreach (var statement in Defaults.Append(Grants))
            await owner.ExecuteAsync(statement.Replace("{0}", names.Reader, StringComparison.Ordinal), ct);
    }

    public async Task<DatabaseSize> RunAsync(Stream backup, Func<CancellationToken, Task> quiet, CancellationToken ct)
    {
        await administration.EnsureRolesAsync(_names, credentials, target.MaxConnections, ct);
        if (await IsSwitchedAsync(ct))
            return await FinishAsync(ct);
        var restored = _names.Restored(target.LastRestore!.Id);
        await administration.CreateAsync(_names, restored, ct);
        await using (var owner = await OpenAsync(restored, ct))
            await GrantAsync(owner, _names, ct);
        if (await tools.RestoreAsync(administration.Server, restored, _names.Owner, credentials.Owner, backup, ct) is { } fault)
            throw new BackupException($"The backup cannot be restored: {fault.Split('\n')[0]}");
        await using (var owner = await OpenAsync(restored, ct))
            await GrantAsync(owner, _names, ct);
        if ((await administration.SizesAsync([restored], ct)).GetValueOrDefault(restored) > DatabaseFiles.BytesOf(target.MaxSizeMb))
            throw new BackupException(BackupErrors.TooLarge);
        await quiet(ct);
        await SwitchAsync(restored, ct);
        return await FinishAsync(ct);
    }

    /// <summary>The old database serves again and the new one goes, unless it has taken the old one's place already.</summary>
    public async Task AbandonAsync(CancellationToken ct)
    {
        await administration.DropDatabaseAsync(_names.Restored(target.LastRestore!.Id), ct);
        if (await IsSwitchedAsync(ct))
            await administration.DropDatabaseAsync(_names.Replaced(target.LastRestore!.Id), ct);
        if (await administration.ExistsAsync(_names.Database, ct))
            await administration.OpenAsync(_names, _names.Database, ct);
    }

    // What was replaced is there only between the switch and its end.
    private Task<bool> IsSwitchedAsync(CancellationToken ct) => administration.ExistsAsync(_names.Replaced(target.LastRestore!.Id), ct);

    private async Task SwitchAsync(string restored, CancellationToken ct)
    {
        var hasOld = await administration.ExistsAsync(_names.Database, ct);
        string[] databases = hasOld ? [restored, _names.Database] : [restored];
        foreach (var database in databases)
        {
            await administration.ExecuteAsync(ct, $"ALTER DATABASE {database} WITH ALLOW_CONNECTIONS false");
            await administration.EndSessionsAsync(database, role: null, ct);
        }

        string[] away = hasOld ? [$"ALTER DATABASE {_names.Database} RENAME TO {_names.Replaced(target.LastRestore!.Id)}"] : [];
        await administration.ExecuteAsync(ct, ["BEGIN", .. away, $"ALTER DATABASE {restored} RENAME TO {_names.Database}", "COMMIT"]);
    }

    private async Task<DatabaseSize> FinishAsync(CancellationToken ct)
    {
        await administration.OpenAsync(_names, _names.Database, ct);
        await administration.DropDatabaseAsync(_names.Replaced(target.LastRestore!.Id), ct);
        await using var owner = await OpenAsync(_names.Database, ct);
        return await PostgresEngine.MeasureAsync(owner, ct);
    }

    private Task<PostgresSession> OpenAsync(string database, CancellationToken ct) =>
        PostgresSession.OpenAsync(administration.Server, database, _names.Owner, credentials.Owner, Longest, ct);
}
