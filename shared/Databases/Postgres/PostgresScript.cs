using System.Data;
using Npgsql;

#pragma warning disable CS0618 // the batches that are to be used instead of Statements cannot be asked for values as text

namespace Platform.Databases;

/// <summary>
/// Runs the SQL of one request, statement by statement by the extended protocol, which takes one at a time. Reading SQL runs in a transaction that may only read and is
/// rolled back; what writes is one transaction, unless the request says otherwise.
/// </summary>
/// <param name="ask">Tells types that are not the server's own.</param>
internal sealed class PostgresScript(PostgresSession session, SqlScript script, IReadOnlyList<PostgresStatement> statements, Func<IReadOnlyList<uint>, CancellationToken, Task<IReadOnlyDictionary<uint, PostgresType>>> ask)
{
    private const string Cursor = "platform_rows";
    private const string Declare = $"DECLARE {Cursor} NO SCROLL CURSOR FOR ";
    private const int MaxStatements = 100;
    private const int MaxAnswer = 10 * 1024 * 1024;

    private readonly List<StatementResult> _results = [];
    private int _left = MaxAnswer;

    public bool Writes => !script.Reads;

    /// <summary>Something of it may have changed the database's size.</summary>
    public bool Changes => Writes && !_results.TrueForAll(result => result.Command is "SELECT" or "TABLE" or "VALUES" or "SHOW" or "EXPLAIN");

    /// <summary>Where the running statement begins; null when its text is not that of the request.</summary>
    public int? Offset { get; private set; }

    /// <summary>The statements of a request, if it may have them.</summary>
    public static IReadOnlyList<PostgresStatement> Parse(SqlScript script)
    {
        var statements = PostgresStatement.Split(script.Sql);
        if (statements.Count == 0)
            throw SqlRefusal.Of("sql_error", "The SQL holds no statement", PostgresErrorCodes.SyntaxError);
        if (statements.Count > 1 && (script.Reads || !script.InTransaction || PostgresParameters.Any(script.Parameters)))
            throw SqlRefusal.Of("multiple_statements", "Several statements are taken only without params, in a transaction, and when they may write", PostgresErrorCodes.SyntaxError);
        if (statements.Count > MaxStatements)
            throw SqlRefusal.Of("multiple_statements", $"At most {MaxStatements} statements are taken", PostgresErrorCodes.SyntaxError);
        if (statements.Select(statement => statement.Refusal).FirstOrDefault(refusal => refusal is not null) is { } refused)
            throw SqlRefusal.Of("statement_not_allowed", $"{refused} is not allowed", PostgresErrorCodes.FeatureNotSupported);
        return statements;
    }

    public async Task<IReadOnlyList<StatementResult>> RunAsync(CancellationToken ct)
    {
        var begins = script.Reads || script.InTransaction;
        if (begins)
            await session.ExecuteAsync(script.Reads ? "BEGIN READ ONLY" : "BEGIN", ct);
        foreach (var statement in statements)
            await RunAsync(statement, ct);
        Offset = null;
        if (begins)
            await session.ExecuteAsync(script.Reads ? "ROLLBACK" : "COMMIT", ct);
        return _results;
    }

    private async Task RunAsync(PostgresStatement statement, CancellationToken ct)
    {
        var query = PostgresParameters.Bind(statement.Text, script.Parameters);
        Offset = ReferenceEquals(query.Text, statement.Text) ? statement.Offset : null;
        if (IsLeftHalfRead(statement))
        {
            Offset -= Declare.Length;
            await using (var declaration = CommandOf(query with { Text = Declare + query.Text }))
                await declaration.ExecuteNonQueryAsync(ct);
            query = new PostgresQuery($"FETCH FORWARD {script.MaxRows + 1} FROM {Cursor}", []);
        }

        await ReadAsync(statement, query, ct);
        if (IsLeftHalfRead(statement))
            await session.ExecuteAsync($"CLOSE {Cursor}", ct);
    }

    private async Task ReadAsync(PostgresStatement statement, PostgresQuery query, CancellationToken ct)
    {
        await using var command = CommandOf(query);
        await CheckAsync(command, ct);

        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, ct);
        var ran = reader.Statements[0];
        // The last of several results is in the answer twice.
        using var rows = new PostgresRows(reader, await TypesOfAsync(reader, ct), script.AsObjects, statements.Count == 1 ? _left : _left / 2);
        var truncated = await ReadAsync(reader, rows, ct);
        if (truncated)
            await EndAsync(command, reader, ct);
        await reader.CloseAsync();
        _left -= rows.Size;
        _results.Add(ResultOf(statement, ran, rows, truncated));
    }

    private NpgsqlCommand CommandOf(PostgresQuery query)
    {
        var command = new NpgsqlCommand(query.Text, session.Connection) { AllResultTypesAreUnknown = true, CommandTimeout = 0 };
        foreach (var parameter in query.Parameters)
            command.Parameters.Add(parameter);
        return command;
    }

    // A result that is not wanted whole is not made whole either. What only reads is cancelled instead, which would undo what was written.
    private bool IsLeftHalfRead(PostgresStatement statement) =>
        Writes && script.InTransaction && statement.Command is "SELECT" or "TABLE" or "VALUES" && !PostgresLexer.Read(statement.Text).Any(token => token.Kind == PostgresTokenKind.Word && IsInto(statement.Text, token));

    private static bool IsInto(string text, PostgresToken token) => text.AsSpan(token.Start, token.End - token.Start).Equals("INTO", StringComparison.OrdinalIgnoreCase);

    // The client library takes text without parameters apart at semicolons, by rules of its own. Nothing has run yet when it finds more than one statement.
    private async Task CheckAsync(NpgsqlCommand command, CancellationToken ct)
    {
        if (!script.Reads || command.Parameters.Count > 0)
            return;
        await command.PrepareAsync(ct);
        if (command.Statements.Count != 1)
            throw SqlRefusal.Of("multiple_statements", "A reading query is one statement", PostgresErrorCodes.SyntaxError);
    }

    private async Task<bool> ReadAsync(NpgsqlDataReader reader, PostgresRows rows, CancellationToken ct)
    {
        while (await reader.ReadAsync(ct))
        {
            if (rows.Count == script.MaxRows || !rows.TryAdd())
                return true;
        }

        return false;
    }

    // What only reads needs no end; what may have written does, or it would not have happened.
    private async Task EndAsync(NpgsqlCommand command, NpgsqlDataReader reader, CancellationToken ct)
    {
        if (script.Reads)
            command.Cancel();
        try
        {
            while (await reader.ReadAsync(ct))
            {
                // nothing of it is shown
            }
        }
        catch (Exception fault) when (script.Reads && !ct.IsCancellationRequested && fault is OperationCanceledException or PostgresException { SqlState: PostgresErrorCodes.QueryCanceled })
        {
            // as asked for
        }
    }

    private async Task<IReadOnlyList<PostgresType>> TypesOfAsync(NpgsqlDataReader reader, CancellationToken ct)
    {
        var ids = Enumerable.Range(0, reader.FieldCount).Select(reader.GetDataTypeOID).ToList();
        var unknown = ids.Where(id => PostgresTypes.Find(id) is null).Distinct().ToList();
        var asked = unknown.Count == 0 ? null : await ask(unknown, ct);
        return [.. ids.Select(id => PostgresTypes.Find(id) ?? asked?.GetValueOrDefault(id) ?? new PostgresType(id, "unknown", Element: 0))];
    }

    private static StatementResult ResultOf(PostgresStatement statement, NpgsqlBatchCommand command, PostgresRows rows, bool truncated)
    {
        var name = statement.Command == "WITH" && command.StatementType == Npgsql.StatementType.Select ? "SELECT" : statement.Command;
        long? affected = name is "INSERT" or "UPDATE" or "DELETE" or "MERGE" or "WITH" ? (long)command.Rows : null;
        return new StatementResult(rows.Columns, rows.ToJson(), rows.Count, affected, truncated, name);
    }
}
