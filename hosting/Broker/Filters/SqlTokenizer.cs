using System.Text;

namespace EmbeddedFunctions.Broker.Filters;

/// <summary>Cuts a filter expression into tokens; what does not belong to the language throws <see cref="FormatException"/>.</summary>
internal static class SqlTokenizer
{
    private static readonly string[] Symbols = ["<>", "!=", "<=", ">=", "=", "<", ">", "(", ")", ",", ".", "+", "-", "*", "/", "%"];

    public static List<SqlToken> Tokenize(string sql)
    {
        var tokens = new List<SqlToken>();
        var at = 0;
        while (true)
        {
            while (at < sql.Length && char.IsWhiteSpace(sql[at]))
                at++;
            if (at == sql.Length)
                break;
            tokens.Add(Next(sql, ref at));
        }

        tokens.Add(new SqlToken(SqlTokenKind.End, "the end", sql.Length + 1));
        return tokens;
    }

    private static SqlToken Next(string sql, ref int at)
    {
        var start = at;
        var c = sql[at];
        if (c == '\'')
            return new SqlToken(SqlTokenKind.Text, Quoted(sql, ref at, '\''), start + 1);
        if (c == '"')
            return new SqlToken(SqlTokenKind.Name, Quoted(sql, ref at, '"'), start + 1);
        if (c == '[')
            return new SqlToken(SqlTokenKind.Name, Quoted(sql, ref at, ']'), start + 1);
        if (char.IsAsciiDigit(c))
            return new SqlToken(SqlTokenKind.Number, Number(sql, ref at), start + 1);
        if (char.IsLetter(c) || c == '_')
        {
            while (at < sql.Length && (char.IsLetterOrDigit(sql[at]) || sql[at] is '_' or '$' or '#'))
                at++;
            return new SqlToken(SqlTokenKind.Word, sql[start..at], start + 1);
        }

        var symbol = Array.Find(Symbols, s => string.CompareOrdinal(sql, start, s, 0, s.Length) == 0) ?? throw new FormatException($"'{c}' at {start + 1} does not belong to a filter.");
        at += symbol.Length;
        return new SqlToken(SqlTokenKind.Symbol, symbol, start + 1);
    }

    // A doubled quote stands for the quote itself.
    private static string Quoted(string sql, ref int at, char end)
    {
        var start = at;
        var text = new StringBuilder();
        for (at++; at < sql.Length; at++)
        {
            if (sql[at] != end)
            {
                text.Append(sql[at]);
                continue;
            }

            if (at + 1 == sql.Length || sql[at + 1] != end)
            {
                at++;
                return text.ToString();
            }

            text.Append(sql[at++]);
        }

        throw new FormatException($"What begins at {start + 1} has no closing {end}.");
    }

    private static string Number(string sql, ref int at)
    {
        var start = at;
        while (at < sql.Length && (char.IsAsciiDigit(sql[at]) || sql[at] == '.' || IsExponent(sql, at)))
            at++;
        return sql[start..at];
    }

    private static bool IsExponent(string sql, int at) =>
        sql[at] is 'e' or 'E' || (sql[at] is '+' or '-' && sql[at - 1] is 'e' or 'E' && sql[at] is '+' or '-');
}
