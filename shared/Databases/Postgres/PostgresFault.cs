using System.Net.Sockets;
using Npgsql;

namespace Platform.Databases;

/// <summary>Translates what the server says to the refusals of the contract.</summary>
internal static class PostgresFault
{
    private const string IdleInTransaction = "25P03";

    public static readonly Error TimedOut = SqlRefusal.ErrorOf("query_timeout", "The query took too long and was rolled back", new SqlProblem(PostgresErrorCodes.QueryCanceled));

    /// <param name="timedOut">The query's time was over.</param>
    /// <param name="offset">Where the statement begins in the script, for the position; null when its text was rewritten.</param>
    public static Error ToError(Exception fault, bool reads, bool timedOut, string sql, int? offset) => fault switch
    {
        SqlRefusal refusal => refusal.Error,
        _ when timedOut => TimedOut,
        PostgresException server => ToError(server, reads, sql, offset),
        OperationCanceledException => DatabaseErrors.NotAvailable(DatabaseStatus.Deleting),
        NotSupportedException multiple => SqlRefusal.ErrorOf("multiple_statements", multiple.Message, new SqlProblem(PostgresErrorCodes.SyntaxError)),
        _ => DatabaseErrors.ServerUnavailable,
    };

    /// <summary>The server cannot be reached, or ended the session.</summary>
    public static bool IsOfConnection(Exception fault) => fault is NpgsqlException or SocketException or TimeoutException or IOException;

    private static Error ToError(PostgresException fault, bool reads, string sql, int? offset) => fault.SqlState switch
    {
        PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable or IdleInTransaction => Of("query_timeout", fault, sql, offset),
        PostgresErrorCodes.TooManyConnections => DatabaseErrors.TooManyQueries,
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown => DatabaseErrors.NotAvailable(DatabaseStatus.Restoring),
        PostgresErrorCodes.CannotConnectNow => DatabaseErrors.ServerUnavailable,
        PostgresErrorCodes.ReadOnlySqlTransaction when !reads => DatabaseErrors.SizeLimit,
        PostgresErrorCodes.ReadOnlySqlTransaction => Of("statement_not_allowed", fault, sql, offset),
        PostgresErrorCodes.InsufficientPrivilege when reads => Of("statement_not_allowed", fault, sql, offset),
        PostgresErrorCodes.ActiveSqlTransaction when reads => Of("statement_not_allowed", fault, sql, offset),
        PostgresErrorCodes.ProtocolViolation => SqlRefusal.ErrorOf("parameter_mismatch", "The statement has more parameters than were given", new SqlProblem(fault.SqlState)),
        PostgresErrorCodes.UndefinedParameter => Of("parameter_mismatch", fault, sql, offset),
        PostgresErrorCodes.SyntaxError when fault.MessageText.Contains("multiple commands", StringComparison.Ordinal) => Of("multiple_statements", fault, sql, offset),
        _ => Of("sql_error", fault, sql, offset),
    };

    private static Error Of(string codeWord, PostgresException fault, string sql, int? offset)
    {
        var position = fault.Position > 0 && offset is { } start ? fault.Position + start : (int?)null;
        var line = position is { } at && at <= sql.Length ? sql.AsSpan(0, at - 1).Count('\n') + 1 : (int?)null;
        var hint = fault.SqlState == PostgresErrorCodes.ActiveSqlTransaction && codeWord == "sql_error" ? "Send it alone with transaction:false" : fault.Hint;
        return SqlRefusal.ErrorOf(codeWord, fault.MessageText, new SqlProblem(fault.SqlState, position, line, hint));
    }
}
