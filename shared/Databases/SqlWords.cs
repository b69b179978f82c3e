using System.Text.RegularExpressions;

namespace Platform.Databases;

/// <summary>What can be told from the text of a statement that SQLite has taken. Nothing that protects a database depends on it.</summary>
internal static partial class SqlWords
{
    private const int LongestWord = 20;

    /// <summary>The first word in capitals, comments left out; empty when there is none.</summary>
    public static string First(string sql)
    {
        var word = Beginning().Match(sql).Groups["word"].Value;
        return word.Length <= LongestWord ? word.ToUpperInvariant() : "";
    }

    /// <summary>The condition of a partial index; null without one.</summary>
    public static string? ConditionOf(string? createIndex) =>
        createIndex is not null && Condition().Match(createIndex) is { Success: true } match ? match.Groups["condition"].Value.Trim() : null;

    /// <summary>The expressions of a table's CHECK constraints, in their order.</summary>
    public static IReadOnlyList<string> ChecksOf(string? createTable)
    {
        List<string> checks = [];
        foreach (var match in Tokens().Matches(createTable ?? "").Where(match => match.Groups["check"].Success))
        {
            var start = match.Index + match.Length;
            if (EndOf(createTable!, start) is { } end)
                checks.Add(createTable![start..end].Trim());
        }

        return checks;
    }

    // Where the bracket closes that was opened before.
    private static int? EndOf(string text, int start)
    {
        var depth = 1;
        foreach (Match match in Tokens().Matches(text, start))
        {
            depth += match.Groups["open"].Success || match.Groups["check"].Success ? 1 : match.Groups["close"].Success ? -1 : 0;
            if (depth == 0)
                return match.Index;
        }

        return null;
    }

    [GeneratedRegex(@"\A(?>\s+|--[^\n]*\n?|/\*.*?\*/|;)*(?<word>[A-Za-z]+)", RegexOptions.Singleline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Beginning();

    [GeneratedRegex(@"\)\s*WHERE\s+(?<condition>.+)\z", RegexOptions.Singleline | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Condition();

    // Quoted text and comments are passed over as a whole.
    [GeneratedRegex(
        """'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|/\*.*?\*/|(?<check>\bCHECK\s*\()|(?<open>\()|(?<close>\))""",
        RegexOptions.Singleline | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Tokens();
}
