using SQLitePCL;

namespace Platform.Databases;

/// <summary>What SQLite said of a statement; the message is for the statement's author and may quote him.</summary>
internal sealed class SqliteFault(int code, string message) : Exception(message)
{
    private const int PrimaryMask = 0xff;

    public static readonly Error TimedOut = Refusal("query_timeout", "The query took too long and was rolled back", "SQLITE_INTERRUPT");

    public SqliteFault(int code, string message, Error answer)
        : this(code, message) => Answer = answer;

    /// <summary>The refusal, where it is not SQLite's own.</summary>
    public Error? Answer { get; }

    public int Primary => code & PrimaryMask;

    public static SqliteFault Refused(string codeWord, string message) => new(raw.SQLITE_AUTH, message, Refusal(codeWord, message, "SQLITE_AUTH"));

    public static Error Refusal(string codeWord, string message, string state, string? hint = null) =>
        SqlRefusal.ErrorOf(codeWord, message, new SqlProblem(state, Hint: hint));

    /// <summary>The refusal that the caller gets.</summary>
    /// <param name="timedOut">The query's time was over.</param>
    /// <param name="refused">What the guard refused.</param>
    public Error ToError(bool timedOut, string? refused) => Answer ?? Primary switch
    {
        _ when IsRefusal(refused) => Refusal("statement_not_allowed", refused is null ? "The statement is not allowed" : $"{refused} is not allowed", "SQLITE_AUTH"),
        raw.SQLITE_INTERRUPT or raw.SQLITE_BUSY or raw.SQLITE_LOCKED when timedOut => TimedOut,
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => Refusal("query_timeout", "The database was busy for too long; nothing was changed", "SQLITE_BUSY"),
        raw.SQLITE_FULL => DatabaseErrors.SizeLimit,
        raw.SQLITE_CANTOPEN or raw.SQLITE_INTERRUPT => DatabaseErrors.NotAvailable(DatabaseStatus.Deleting),
        raw.SQLITE_READONLY => Refusal("statement_not_allowed", "The statement writes, and this query only reads", "SQLITE_READONLY"),
        _ => Refusal("sql_error", Message, StateOf(Primary), HintOf(Message)),
    };

    // A function is refused with an error of its own.
    private bool IsRefusal(string? refused) => Primary == raw.SQLITE_AUTH || (refused is not null && Message.StartsWith("not authorized", StringComparison.Ordinal));

    private static string StateOf(int primary) => primary switch
    {
        raw.SQLITE_ERROR => "SQLITE_ERROR",
        raw.SQLITE_CONSTRAINT => "SQLITE_CONSTRAINT",
        raw.SQLITE_MISMATCH => "SQLITE_MISMATCH",
        raw.SQLITE_TOOBIG => "SQLITE_TOOBIG",
        raw.SQLITE_RANGE => "SQLITE_RANGE",
        raw.SQLITE_SCHEMA => "SQLITE_SCHEMA",
        raw.SQLITE_CORRUPT => "SQLITE_CORRUPT",
        raw.SQLITE_NOTADB => "SQLITE_NOTADB",
        raw.SQLITE_NOMEM => "SQLITE_NOMEM",
        raw.SQLITE_IOERR => "SQLITE_IOERR",
        _ => $"SQLITE_{primary}",
    };

    private static string? HintOf(string message) =>
        message.Contains("VACUUM", StringComparison.Ordinal) && message.Contains("transaction", StringComparison.Ordinal) ? "Send it alone with transaction:false" : null;
}
