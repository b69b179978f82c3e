using System.Text;

namespace Platform.Functions.Http;

/// <summary>CSV as RFC 4180 has it. A cell that a spreadsheet would take for a formula begins with an apostrophe.</summary>
public static class Csv
{
    public const string ContentType = "text/csv; charset=utf-8";

    public static string Row(params IEnumerable<string?> cells) => new StringBuilder().AppendJoin(',', cells.Select(Cell)).Append("\r\n").ToString();

    private static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        if (text[0] is '=' or '+' or '-' or '@' or '\t' or '\r')
            text = "'" + text;
        return text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
