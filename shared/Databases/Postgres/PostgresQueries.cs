using Microsoft.Extensions.Logging;
using Npgsql;

namespace Platform.Databases;

/// <summary>Runs users' SQL and reads catalogues, each time on a connection of its own, as the role that the request is for, and ends what does not end by itself.</summary>
public sealed class PostgresQueries(PostgresAdministration administration, DatabaseVault vault, QueryTurns turns, TimeProvider clock, ILogger<PostgresQueries> log)
{
    // The owner can lock the platform out: change his password, take CONNECT away, refuse connections. The administrator puts that right.
    private static readonly HashSet<string> Mendable =
    [
        PostgresErrorCodes.InvalidPassword, PostgresErrorCodes.InvalidAuthorizationSpecification, PostgresErrorCodes.InsufficientPrivilege, PostgresErrorCodes.ObjectNotInPrerequisiteState,
    ];

    /// <summary>Runs what a database's maker wants in it; a refusal is for him.</summary>
    internal async Task<Result<DatabaseSize>> InitializeAsync(PostgresPlace place, CancellationToken ct)
    {
        var database = place.Database;
        var script = new SqlScript(string.IsNullOrWhiteSpace(database.InitSql) ? "SELECT 1" : database.InitSql);
        var outcome = await UseAsync(place, script, database.MakingTimeout, async (session, run, end) => await RunAsync(session, run, end) with { Size = await PostgresEngine.MeasureAsync(session, end) }, ct);
        return outcome.IsOk ? outcome.Value.Size! : outcome.Error;
    }

    /// <summary>Sees to it that the owner can connect; throws when he cannot.</summary>
    internal async Task ProbeAsync(ManagedDatabase database, DatabaseCredentials credentials, CancellationToken ct)
    {
        await using var session = await OpenAsync(PostgresPlace.Of(database, credentials), reads: false, database.StatementTimeout, ct);
    }

    internal Task<Result<SqlOutcome>> RunAsync(ManagedDatabase database, SqlScript script, TimeSpan limit, CancellationToken ct)
    {
        if (!script.Reads && database.IsOverSize)
            return Task.FromResult<Result<SqlOutcome>>(DatabaseErrors.SizeLimit);
        return InTurnAsync(database, script, limit, (session, run, end) => RunAsync(session, run, end), ct);
    }

    internal Task<Result<Page<TableSummary>>> ListTablesAsync(ManagedDatabase database, TableFilter filter, CancellationToken ct) =>
        InTurnAsync(database, Reading, database.StatementTimeout, (session, _, end) => new PostgresCatalog(session).ListAsync(filter, end), ct);

    internal Task<Result<TableDetail?>> FindTableAsync(ManagedDatabase database, string name, TableDetailQuery query, CancellationToken ct) => InTurnAsync(
        database, Reading, database.StatementTimeout, (session, run, end) => new PostgresCatalog(session).FindAsync(name, query, preview => run(preview).RunAsync(end), end), ct);

    private static SqlScript Reading => new("SELECT 1") { Reads = true };

    private async Task<SqlOutcome> RunAsync(PostgresSession session, Func<SqlScript?, PostgresScript> run, CancellationToken ct)
    {
        var script = run(null);
        var results = await script.RunAsync(ct);
        return new SqlOutcome(results, script.Changes ? await MeasureAsync(session, ct) : null, session.Notices);
    }

    private async Task<Result<T>> InTurnAsync<T>(
        ManagedDatabase database, SqlScript script, TimeSpan limit, Func<PostgresSession, Func<SqlScript?, PostgresScript>, CancellationToken, Task<T>> use, CancellationToken ct)
    {
        if (database.Status != DatabaseStatus.Available)
            return DatabaseErrors.NotAvailable(database.Status);
        if (turns.TryEnter(database.Id, ct) is not { } turn)
            return DatabaseErrors.TooManyQueries;
        using (turn)
            return await UseAsync(PostgresPlace.Of(database, await vault.OpenAsync(database, ct)), script, limit, use, turn.Ended);
    }

    private async Task<Result<T>> UseAsync<T>(
        PostgresPlace place,
        SqlScript script,
        TimeSpan limit,
        Func<PostgresSession, Func<SqlScript?, PostgresScript>, CancellationToken, Task<T>> use,
        CancellationToken ct)
    {
        using var time = new CancellationTokenSource(limit, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct, time.Token);
        PostgresSession? session = null;
        PostgresScript? running = null;
        try
        {
            var statements = PostgresScript.Parse(script);
            session = await OpenAsync(place, script.Reads, limit, end.Token);
            return await use(session, other => running = other is null ? Of(session, script, statements) : Of(session, other, PostgresScript.Parse(other)), end.Token);
        }
        catch (Exception fault) when (fault is SqlRefusal or OperationCanceledException or NotSupportedException || PostgresFault.IsOfConnection(fault))
        {
            return PostgresFault.ToError(fault, script.Reads, time.IsCancellationRequested, script.Sql, running?.Offset);
        }
        finally
        {
            if (session is not null)
                await CloseAsync(place.Database, session, killed: end.IsCancellationRequested);
        }

        PostgresScript Of(PostgresSession on, SqlScript what, IReadOnlyList<PostgresStatement> statements) =>
            new(on, what, statements, (ids, token) => AskAsync(place, limit, ids, token));
    }

    private async Task<PostgresSession> OpenAsync(PostgresPlace place, bool reads, TimeSpan limit, CancellationToken ct)
    {
        var (database, credentials, name) = place;
        var names = new PostgresNames(database.Id);
        var (role, password) = reads ? (names.Reader, credentials.Reader) : (names.Owner, credentials.Owner);
        try
        {
            return await PostgresSession.OpenAsync(administration.Server, name, role, password, limit, ct);
        }
        catch (PostgresException fault) when (Mendable.Contains(fault.SqlState) || IsClosed(fault))
        {
            var current = await vault.ReopenAsync(database, ct); // it may have been renewed meanwhile
            if (current == credentials)
            {
                await administration.EnsureRolesAsync(names, credentials, database.MaxConnections, ct);
                await administration.OpenAsync(names, name, ct);
            }

            return await PostgresSession.OpenAsync(administration.Server, name, role, reads ? current.Reader : current.Owner, limit, ct);
        }
    }

    // The owner can let nobody in; a role's own limit is another thing.
    private static bool IsClosed(PostgresException fault) => fault.SqlState == PostgresErrorCodes.TooManyConnections && fault.MessageText.Contains("for database", StringComparison.Ordinal);

    // While a result is read its own connection is busy.
    private async Task<IReadOnlyDictionary<uint, PostgresType>> AskAsync(PostgresPlace place, TimeSpan limit, IReadOnlyList<uint> ids, CancellationToken ct)
    {
        await using var session = await OpenAsync(place, reads: true, limit, ct);
        return await new PostgresCatalog(session).TypesAsync(ids, ct);
    }

    // SQL can catch the cancellation and go on; then the server ends its process.
    private async Task CloseAsync(ManagedDatabase database, PostgresSession session, bool killed)
    {
        try
        {
            await session.DisposeAsync();
            if (killed)
                await administration.EndSessionAsync(new PostgresNames(database.Id), session.Process, CancellationToken.None);
        }
        catch (Exception fault) when (PostgresFault.IsOfConnection(fault))
        {
            log.LogWarning(fault, "A session on managed database {DatabaseId} could not be ended", database.Id);
        }
    }

    // The change has happened; not to know the size is no reason to say otherwise.
    private static async Task<DatabaseSize?> MeasureAsync(PostgresSession session, CancellationToken ct)
    {
        try
        {
            return await PostgresEngine.MeasureAsync(session, ct);
        }
        catch (Exception fault) when (fault is OperationCanceledException or InvalidCastException || PostgresFault.IsOfConnection(fault))
        {
            return null;
        }
    }
}

/// <summary>A managed database by its name on the server, and the passwords of its roles.</summary>
internal sealed record PostgresPlace(ManagedDatabase Database, DatabaseCredentials Credentials, string Name)
{
    /// <summary>Where it is used.</summary>
    public static PostgresPlace Of(ManagedDatabase database, DatabaseCredentials credentials) => new(database, credentials, new PostgresNames(database.Id).Database);
}
