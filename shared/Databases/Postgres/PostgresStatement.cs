using System.Collections.Frozen;

namespace Platform.Databases;

/// <summary>One statement of a script.</summary>
/// <param name="Offset">Where its text begins in the script.</param>
/// <param name="Command">Its first word, in capitals.</param>
/// <param name="Second">The word after it.</param>
internal sealed record PostgresStatement(string Text, int Offset, string Command, string Second)
{
    // The platform owns the transaction; the others leave the protocol of queries or outlive the session.
    private static readonly FrozenSet<string> Refused = FrozenSet.Create(
        StringComparer.Ordinal, "COPY", "LISTEN", "UNLISTEN", "NOTIFY", "BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE");

    /// <summary>What of it is not taken, in words; null when it is.</summary>
    public string? Refusal => Refused.Contains(Command) ? Command : (Command, Second) switch
    {
        ("PREPARE", "TRANSACTION") => "PREPARE TRANSACTION",
        ("SET", "TRANSACTION") => "SET TRANSACTION",
        ("SET", "SESSION") when Text.Contains("CHARACTERISTICS", StringComparison.OrdinalIgnoreCase) => "SET SESSION CHARACTERISTICS",
        _ => null,
    };

    /// <summary>The statements between semicolons, without empty ones.</summary>
    public static IReadOnlyList<PostgresStatement> Split(string sql)
    {
        List<PostgresStatement> found = [];
        var reader = new Reader(sql);
        foreach (var token in PostgresLexer.Read(sql))
        {
            if (reader.Take(token))
                reader.End(token.Start, token.End, found);
        }

        reader.End(sql.Length, sql.Length, found);
        return found;
    }

    private sealed class Reader(string sql)
    {
        private readonly List<string> _words = [];
        private int _start;
        private int _first = -1;
        private int _brackets;
        private int _blocks;

        /// <summary>True at a semicolon that ends the statement.</summary>
        public bool Take(PostgresToken token)
        {
            if (token.Kind == PostgresTokenKind.Opaque)
                return false;
            if (token.Kind == PostgresTokenKind.Symbol && sql[token.Start] == ';')
                return _brackets == 0 && _blocks == 0;
            if (_first < 0)
                _first = token.Start;
            if (token.Kind == PostgresTokenKind.Word)
                TakeWord(sql[token.Start..token.End].ToUpperInvariant());
            else if (token.Kind == PostgresTokenKind.Symbol)
                _brackets += sql[token.Start] switch { '(' => 1, ')' => -1, _ => 0 };
            return false;
        }

        public void End(int at, int next, List<PostgresStatement> found)
        {
            if (_first >= 0)
                found.Add(new PostgresStatement(sql[_start..at], _start, _words.ElementAtOrDefault(0) ?? "", _words.ElementAtOrDefault(1) ?? ""));
            (_start, _first, _brackets, _blocks) = (next, -1, 0, 0);
            _words.Clear();
        }

        // The body of a function may be statements between BEGIN ATOMIC and END.
        private void TakeWord(string word)
        {
            if (_words.Count < 4)
                _words.Add(word);
            if (_words[0] != "CREATE" || !_words.Exists(first => first is "FUNCTION" or "PROCEDURE"))
                return;
            if (word == "BEGIN" || (_blocks > 0 && word == "CASE"))
                _blocks++;
            else if (word == "END" && _blocks > 0)
                _blocks--;
        }
    }
}
