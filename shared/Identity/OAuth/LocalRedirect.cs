using System.Text;

namespace Platform.Identity.OAuth;

/// <summary>
/// Where a browser may be sent after a sign-in: a path of this platform and nothing else. Browsers take <c>\</c> for <c>/</c> and drop tabs and line ends, so none of
/// them may stand anywhere.
/// </summary>
public static class LocalRedirect
{
    public const string Home = "/";

    private const int MaxLength = 2048;

    /// <summary>The path in ASCII when it is local; else the home page.</summary>
    public static string Of(string? next)
    {
        if (next is not ['/', ..] || next is ['/', '/', ..] || next.Length > MaxLength || next.Any(letter => letter == '\\' || char.IsControl(letter)))
            return Home;
        return Escape(next);
    }

    /// <summary>Adds a query parameter, before the fragment if there is one. Name and value are plain words.</summary>
    public static string With(string path, string name, string value)
    {
        var end = path.IndexOf('#', StringComparison.Ordinal);
        var (head, fragment) = end < 0 ? (path, "") : (path[..end], path[end..]);
        return $"{head}{(head.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{name}={value}{fragment}";
    }

    // A header takes printable ASCII only. The path is not normalized: "/..//x" would become "//x", another host.
    private static string Escape(string path)
    {
        if (!path.AsSpan().ContainsAnyExceptInRange('!', '~'))
            return path;
        var escaped = new StringBuilder(path.Length * 2);
        foreach (var rune in path.EnumerateRunes())
            escaped.Append(rune.Value is > ' ' and <= '~' ? rune.ToString() : Uri.EscapeDataString(rune.ToString()));
        return escaped.ToString();
    }
}
