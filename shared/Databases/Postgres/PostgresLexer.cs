namespace Platform.Databases;

/// <summary>What a part of SQL is, as far as it matters where statements end and parameters stand.</summary>
internal enum PostgresTokenKind
{
    /// <summary>A comment, blank or quoted text: nothing in it counts.</summary>
    Opaque,
    Word,
    Number,
    Symbol,
}

internal readonly record struct PostgresToken(PostgresTokenKind Kind, int Start, int End);

/// <summary>
/// Tells the tokens of PostgreSQL's SQL apart by its lexical rules (manual, "Lexical Structure"), with <c>standard_conforming_strings</c> on. Nothing that protects a database
/// depends on it: the server takes one statement at a time, whatever is found here.
/// </summary>
internal static class PostgresLexer
{
    public static IEnumerable<PostgresToken> Read(string sql)
    {
        for (var at = 0; at < sql.Length;)
        {
            var token = Next(sql, at);
            yield return token;
            at = token.End;
        }
    }

    private static PostgresToken Next(string sql, int at)
    {
        var letter = sql[at];
        if (char.IsWhiteSpace(letter))
            return Opaque(at, at + 1);
        if (letter == '-' && Follows(sql, at, "--"))
            return Opaque(at, sql.IndexOf('\n', at) is >= 0 and var end ? end + 1 : sql.Length);
        if (letter == '/' && Follows(sql, at, "/*"))
            return Opaque(at, EndOfComment(sql, at));
        if (letter is '\'' or '"')
            return Opaque(at, EndOfQuoted(sql, at, escapes: false));
        if (letter is 'e' or 'E' && Follows(sql, at + 1, "'"))
            return Opaque(at, EndOfQuoted(sql, at + 1, escapes: true));
        if (letter == '$' && EndOfDollarQuoted(sql, at) is { } quoted)
            return Opaque(at, quoted);
        if (IsWordStart(letter))
            return new PostgresToken(PostgresTokenKind.Word, at, End(sql, at, IsWordPart));
        return char.IsAsciiDigit(letter)
            ? new PostgresToken(PostgresTokenKind.Number, at, End(sql, at, part => char.IsAsciiLetterOrDigit(part) || part is '.' or '_'))
            : new PostgresToken(PostgresTokenKind.Symbol, at, at + 1);
    }

    public static bool IsWordStart(char letter) => char.IsAsciiLetter(letter) || letter is '_' or >= '\u0080';

    private static bool IsWordPart(char letter) => IsWordStart(letter) || char.IsAsciiDigit(letter) || letter == '$';

    private static PostgresToken Opaque(int start, int end) => new(PostgresTokenKind.Opaque, start, end);

    private static bool Follows(string sql, int at, string text) => string.CompareOrdinal(sql, at, text, 0, text.Length) == 0;

    private static int End(string sql, int at, Func<char, bool> isPart)
    {
        while (at < sql.Length && isPart(sql[at]))
            at++;
        return at;
    }

    private static int EndOfQuoted(string sql, int at, bool escapes)
    {
        var quote = sql[at];
        for (at++; at < sql.Length; at++)
        {
            if (escapes && sql[at] == '\\')
                at++;
            else if (sql[at] == quote && at + 1 < sql.Length && sql[at + 1] == quote)
                at++;
            else if (sql[at] == quote)
                return at + 1;
        }

        return sql.Length;
    }

    // Comments nest.
    private static int EndOfComment(string sql, int at)
    {
        var depth = 0;
        for (; at < sql.Length; at++)
        {
            var opens = Follows(sql, at, "/*");
            if (!opens && !Follows(sql, at, "*/"))
                continue;
            depth += opens ? 1 : -1;
            at++;
            if (depth == 0)
                return at + 1;
        }

        return sql.Length;
    }

    private static int? EndOfDollarQuoted(string sql, int at)
    {
        var close = at + 1 < sql.Length && IsWordStart(sql[at + 1]) ? End(sql, at + 1, part => IsWordPart(part) && part != '$') : at + 1;
        if (close >= sql.Length || sql[close] != '$')
            return null;
        var tag = sql[at..(close + 1)];
        return sql.IndexOf(tag, close + 1, StringComparison.Ordinal) is >= 0 and var end ? end + tag.Length : sql.Length;
    }
}
