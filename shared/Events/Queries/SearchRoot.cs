using System.Text;
using Microsoft.EntityFrameworkCore;

namespace Platform.Events;

/// <summary>
/// What a search begins with, with all values as parameters: the words of a text search, and on SQLite the index of an aggregate, a correlation or a user, since that
/// database does not know how few events those have and prefers an index that is in the order of the list. Words are looked for in type, aggregate id and payload,
/// where no index helps. Case is ignored as far as the database does (SQLite: ASCII; PostgreSQL: as its locale says); other letters are found in the usual
/// spellings of a word.
/// </summary>
internal static class SearchRoot
{
    public static IQueryable<PlatformEvent> For(DbSet<PlatformEvent> events, EventFilter filter, bool isSqlite)
    {
        List<object> values = [];
        var hint = isSqlite ? Hint(filter, values) : "";
        var words = (filter.Search ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)
            .Select(word => $" AND ({string.Join(" OR ", Spellings(word).Select(spelling => Condition(spelling, values, isSqlite)))})");
        var sql = new StringBuilder("SELECT * FROM events ").Append(hint.Length > 0 ? hint : "WHERE 1 = 1").AppendJoin("", words).ToString();
        return values.Count == 0 ? events : events.FromSqlRaw(sql, [.. values]);
    }

    private static string Hint(EventFilter filter, List<object> values)
    {
        var (value, column, index) = filter switch
        {
            { AggregateId: { } aggregate } => (aggregate, "aggregate_id", "ix_events_aggregate_id_sequence"),
            { CorrelationId: { } correlation } => (correlation, "correlation_id", "ix_events_correlation_id_sequence"),
            { UserId: { } user } => (user.ToString("D"), "user_id", "ix_events_user_id_timestamp_event_type"),
            _ => default,
        };
        if (value is null)
            return "";
        values.Add(value);
        return $"INDEXED BY {index} WHERE {column} = {{0}}";
    }

    private static string Condition(string spelling, List<object> values, bool isSqlite)
    {
        var (like, payload, number) = (isSqlite ? "LIKE" : "ILIKE", isSqlite ? "payload" : "payload::text", values.Count);
        values.Add($"%{Escape(spelling)}%");
        return string.Join(" OR ", ((string[])["event_type", "aggregate_id", payload]).Select(column => $"{column} {like} {{{number}}} ESCAPE '\\'"));
    }

    private static IEnumerable<string> Spellings(string word) => Ascii.IsValid(word)
        ? [word]
        : ((string[])[word, word.ToLowerInvariant(), word.ToUpperInvariant(), char.ToUpperInvariant(word[0]) + word[1..].ToLowerInvariant()]).Distinct(StringComparer.Ordinal);

    private static string Escape(string word) => word
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("%", "\\%", StringComparison.Ordinal)
        .Replace("_", "\\_", StringComparison.Ordinal);
}
