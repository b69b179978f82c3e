using System.Text;

namespace Platform.Builds;

/// <summary>Messages as the log keeps them.</summary>
public static class LogText
{
    /// <summary>Longest message in bytes.</summary>
    public const int MaxMessage = 16 * 1024;

    /// <summary>The message in pieces of at most 16 KB each, cut between characters. PostgreSQL-safe: NUL becomes U+FFFD.</summary>
    public static IEnumerable<string> Split(string message)
    {
        message = message.Replace('\0', '\uFFFD');
        if (message.Length <= MaxMessage / 4 || Encoding.UTF8.GetByteCount(message) <= MaxMessage)
        {
            yield return message;
            yield break;
        }

        var start = 0;
        while (start < message.Length)
        {
            var end = start;
            for (var bytes = 0; end < message.Length;)
            {
                var length = char.IsHighSurrogate(message[end]) && end + 1 < message.Length ? 2 : 1;
                bytes += Encoding.UTF8.GetByteCount(message.AsSpan(end, length));
                if (bytes > MaxMessage)
                    break;
                end += length;
            }

            yield return message[start..end];
            start = end;
        }
    }

    /// <summary>The message without control sequences but colours, for plain text.</summary>
    public static string Plain(string message)
    {
        if (!message.Any(char.IsControl))
            return message;
        var text = new StringBuilder(message.Length);
        for (var i = 0; i < message.Length; i++)
        {
            if (message[i] == '\u001b' && EndOfSequence(message, i) is var (end, isColour))
            {
                if (isColour)
                    text.Append(message, i, end - i + 1);
                i = end;
            }
            else if (!char.IsControl(message[i]) || message[i] == '\t')
            {
                text.Append(message[i]);
            }
        }

        return text.ToString();
    }

    // ESC [ parameters final; anything else that begins with ESC is two characters long, or runs to BEL or ESC \ when it is an operating system command.
    private static (int End, bool IsColour) EndOfSequence(string message, int start)
    {
        if (start + 1 >= message.Length)
            return (start, false);
        if (message[start + 1] == '[')
        {
            var at = start + 2;
            while (at < message.Length && message[at] is >= ' ' and <= '?')
                at++;
            return (Math.Min(at, message.Length - 1), at < message.Length && message[at] == 'm');
        }

        if (message[start + 1] is not (']' or 'P' or '^' or '_'))
            return (start + 1, false);
        var end = message.AsSpan(start).IndexOfAny('\u0007', '\u009c');
        var escape = message.IndexOf("\u001b\\", start + 2, StringComparison.Ordinal);
        if (escape >= 0 && (end < 0 || escape < start + end))
            return (escape + 1, false);
        return (end < 0 ? message.Length - 1 : start + end, false);
    }
}
