using System.Text;
using SQLitePCL;

namespace Platform.Databases;

/// <summary>
/// Runs the SQL of one request. SQLite itself tells the statements apart; what they may do is the guard's. Several statements are one transaction, which the platform
/// begins and ends; without an end it is rolled back when the handle closes.
/// </summary>
internal sealed class SqliteScript(SqliteHandle handle, SqlScript script)
{
    private const int MaxStatements = 100;
    private const int MaxAnswer = 10 * 1024 * 1024;
    private const string Vacuum = "VACUUM";

    private readonly byte[] _sql = Encoding.UTF8.GetBytes(script.Sql);
    private readonly List<StatementResult> _results = [];
    private int _at;
    private int _left = MaxAnswer;

    public SqlOutcome Run()
    {
        var first = Next() ?? throw Refused("sql_error", "The SQL holds no statement");
        var changes = raw.sqlite3_stmt_readonly(first) == 0;
        using (first)
        {
            var isAlone = IsAtEnd();
            if (!isAlone && (script.Reads || !script.InTransaction || SqliteParameters.Any(script.Parameters)))
                throw Refused("multiple_statements", "Several statements are taken only without params, in a transaction, and when they may write");
            if (script.Reads && changes)
                throw SqliteFault.Refused("statement_not_allowed", "The statement writes, and this query only reads");
            if (isAlone && (!changes || !script.InTransaction))
            {
                RunAlone(first);
                return new SqlOutcome(_results, changes ? Measure() : null, Notices: []);
            }

            handle.Execute("BEGIN IMMEDIATE");
            Run(first, isAlone);
        }

        while (Next() is { } statement)
        {
            using (statement)
                Run(statement, isAlone: false);
        }

        handle.Execute("COMMIT");
        return new SqlOutcome(_results, Measure(), Notices: []);
    }

    private void RunAlone(sqlite3_stmt statement)
    {
        handle.Guard.IsVacuum = SqlWords.First(TextOf(statement)) == Vacuum;
        try
        {
            Run(statement, isAlone: true);
        }
        finally
        {
            handle.Guard.IsVacuum = false;
        }
    }

    private void Run(sqlite3_stmt statement, bool isAlone)
    {
        if (_results.Count == MaxStatements)
            throw Refused("multiple_statements", $"At most {MaxStatements} statements are taken");
        SqliteParameters.Bind(handle, statement, script.Parameters);
        // The last of several results is in the answer twice.
        using var rows = new SqliteRows(statement, script.AsObjects, isAlone ? _left : _left / 2);
        var truncated = false;
        while (!truncated && handle.Step(statement))
            truncated = rows.Count == script.MaxRows || !rows.TryAdd();
        _left -= rows.Size;
        handle.Check(raw.sqlite3_reset(statement)); // only then does it count what it changed

        var command = SqlWords.First(TextOf(statement));
        var reads = raw.sqlite3_stmt_readonly(statement) != 0;
        if (command == "WITH" && reads)
            command = "SELECT";
        long? affected = !reads && command is "INSERT" or "UPDATE" or "DELETE" or "REPLACE" or "WITH" ? handle.Changes() : null;
        _results.Add(new StatementResult(rows.Columns, rows.ToJson(), rows.Count, affected, truncated, command));
    }

    private sqlite3_stmt? Next()
    {
        while (_at < _sql.Length)
        {
            var statement = handle.Prepare(_sql.AsSpan(_at), out var rest);
            _at = _sql.Length - rest.Length;
            if (statement is not null)
                return statement;
        }

        return null;
    }

    // What follows may refer to what the statements before it make, so it cannot be relied on to be parsed.
    private bool IsAtEnd()
    {
        var before = _at;
        try
        {
            using var next = Next();
            return next is null;
        }
        catch (SqliteFault fault) when (fault.Primary != raw.SQLITE_INTERRUPT)
        {
            return false;
        }
        finally
        {
            _at = before;
        }
    }

    // The change has happened; not to know the size is no reason to say otherwise.
    private DatabaseSize? Measure()
    {
        try
        {
            return new SqliteCatalog(handle).Measure();
        }
        catch (SqliteFault)
        {
            return null;
        }
    }

    private static string TextOf(sqlite3_stmt statement) => raw.sqlite3_sql(statement).utf8_to_string();

    private static SqliteFault Refused(string code, string message) => SqliteFault.Refused(code, message);
}
