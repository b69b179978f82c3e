namespace Platform.Databases;

/// <summary>
/// A database that is made beside the one whose place it takes: two renames that are one transaction, so that clients find one or the other and never none (delivery.md §12.1). Each attempt has
/// one of its own and drops those of the attempts before it: what goes on late finds none to put in the place.
/// </summary>
internal sealed class PostgresStage(PostgresAdministration administration, DatabaseCredentials credentials, ManagedDatabase target)
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

    public string Name => _names.Staged(target.AttemptId!.Value);

    // The same for all attempts at one thing.
    private string Replaced => _names.Replaced(target.LastRestore?.Id ?? target.Id);

    /// <summary>Whether an attempt has done all but <see cref="FinishAsync"/>: what was replaced is there only between the switch and that.</summary>
    public Task<bool> IsSwitchedAsync(CancellationToken ct) => administration.ExistsAsync(Replaced, ct);

    /// <summary>Makes it, empty; the roles must be there.</summary>
    public async Task CreateAsync(CancellationToken ct)
    {
        await DropAllAsync(ct);
        await administration.CreateAsync(_names, Name, ct);
        await GrantAsync(ct);
    }

    /// <summary>Gives the reader what is the owner's, now and from now on.</summary>
    public async Task GrantAsync(CancellationToken ct)
    {
        await using var owner = await OpenAsync(Name, ct);
        foreach (var statement in Defaults.Append(Grants))
            await owner.ExecuteAsync(statement.Replace("{0}", _names.Reader, StringComparison.Ordinal), ct);
    }

    /// <summary>Puts it in the database's place; when it is gone, all stays as it is.</summary>
    /// <param name="ready">Throws a <see cref="LostAttemptException"/> when this attempt must not.</param>
    public async Task SwitchAsync(Func<CancellationToken, Task> ready, CancellationToken ct)
    {
        try
        {
            await ready(ct);
        }
        catch (LostAttemptException)
        {
            await DropAsync(ct);
            throw;
        }

        string[] old = await administration.ExistsAsync(_names.Database, ct) ? [_names.Database] : [];
        string[] both = [Name, .. old];
        await administration.ExecuteAsync(ct, ["BEGIN", .. both.Select(database => $"ALTER DATABASE {database} WITH ALLOW_CONNECTIONS false"), "COMMIT"]);
        foreach (var database in both)
            await administration.EndSessionsAsync(database, role: null, ct);
        await administration.ExecuteAsync(
            ct, ["BEGIN", .. old.Select(database => $"ALTER DATABASE {database} RENAME TO {Replaced}"), $"ALTER DATABASE {Name} RENAME TO {_names.Database}", "COMMIT"]);
    }

    /// <summary>Lets clients in and drops what was replaced.</summary>
    public async Task<DatabaseSize> FinishAsync(CancellationToken ct)
    {
        await administration.OpenAsync(_names, _names.Database, ct);
        await administration.DropDatabaseAsync(Replaced, ct);
        await using var owner = await OpenAsync(_names.Database, ct);
        return await PostgresEngine.MeasureAsync(owner, ct);
    }

    public Task DropAsync(CancellationToken ct) => administration.DropDatabaseAsync(Name, ct);

    /// <summary>The old database serves again and all attempts' go, unless one has taken the old one's place already.</summary>
    public async Task AbandonAsync(CancellationToken ct)
    {
        await DropAllAsync(ct);
        await administration.DropDatabaseAsync(Replaced, ct);
        if (await administration.ExistsAsync(_names.Database, ct))
            await administration.OpenAsync(_names, _names.Database, ct);
    }

    private Task DropAllAsync(CancellationToken ct) => administration.DropDatabasesAsync($"^{_names.StagedBeginning}", ct);

    private Task<PostgresSession> OpenAsync(string database, CancellationToken ct) =>
        PostgresSession.OpenAsync(administration.Server, database, _names.Owner, credentials.Owner, Longest, ct);
}
