using System.Globalization;
using System.Text.RegularExpressions;

namespace Platform.Functions.Pages;

/// <summary>How pages write times, sizes and numbers, and tables of them.</summary>
internal static partial class PageText
{
    private const string Nothing = "–";
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>UTC, to the second.</summary>
    public static Html Time(DateTimeOffset? time) => time is { } at
        ? Html.Of($"""<time datetime="{at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)}">{at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}</time>""")
        : Html.Of($"{Nothing}");

    public static string Bytes(long? bytes)
    {
        if (bytes is not { } size)
            return Nothing;
        var unit = 0;
        double value = size;
        for (; value >= 1024 && unit < Units.Length - 1; unit++)
            value /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{value:0.##} {Units[unit]}");
    }

    /// <summary>At most six significant digits.</summary>
    public static string Number(double? number) => number is { } value ? value.ToString("G6", CultureInfo.InvariantCulture) : Nothing;

    public static string Ms(long? milliseconds) => milliseconds is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value:#,0} ms") : Nothing;

    /// <summary>A rate of 0 to 1.</summary>
    public static string Percent(double? rate) => rate is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value * 100:0.##} %") : Nothing;

    public static string Or(string? text, string other = Nothing) => string.IsNullOrEmpty(text) ? other : text;

    public static Html YesNo(bool yes) => Html.Of($"{(yes ? "yes" : "no")}");

    /// <summary>A word of a state, coloured by it.</summary>
    public static Html State(string word) => Html.Of($"""<span class="status {word}">{word.Replace('_', ' ')}</span>""");

    /// <param name="caption">What the table is of.</param>
    /// <param name="heads">Heads of the columns.</param>
    /// <param name="rows">Cells of each row.</param>
    /// <param name="empty">Said where there is no row.</param>
    public static Html Table(string caption, IReadOnlyList<string> heads, IEnumerable<IReadOnlyList<Html>> rows, string empty = "Nothing here yet.")
    {
        var body = Html.Join(rows.Select(row => Html.Of($"<tr>{Html.Join(row.Select(cell => Html.Of($"<td>{cell}</td>")))}</tr>\n")));
        if (body.ToString().Length == 0)
            body = Html.Of($"""<tr><td colspan="{heads.Count}">{empty}</td></tr>""");
        var head = Html.Join(heads.Select(name => Html.Of($"""<th scope="col">{name}</th>""")));
        return Html.Of($"""<div class="wide" tabindex="0" role="region" aria-label="{caption}"><table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>""");
    }

    /// <summary>Names with their values.</summary>
    public static Html Facts(params IReadOnlyList<(string Name, Html Value)> facts) =>
        Html.Of($"<dl class=\"facts\">{Html.Join(facts.Select(fact => Html.Of($"<dt>{fact.Name}</dt><dd>{fact.Value}</dd>")))}</dl>");

    public static Html Text(string? text) => Html.Of($"{Or(text)}");

    /// <summary>A line of a log without the sequences with which terminals are coloured.</summary>
    public static string Plain(string line) => Colour().Replace(line, "");

    [GeneratedRegex("\u001b\\[[0-9;]*m", RegexOptions.NonBacktracking)]
    private static partial Regex Colour();
}
