using System.Text;

namespace Platform.Sandbox.Linux;

/// <summary>Keeps the first bytes of one stream and counts the rest.</summary>
internal sealed class OutputCapture(int limit)
{
    private byte[] _kept = new byte[Math.Min(limit, 4096)];

    public int Length { get; private set; }

    public bool Truncated { get; private set; }

    public ReadOnlySpan<byte> Kept => _kept.AsSpan(0, Length);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        var room = limit - Length;
        if (bytes.Length > room)
        {
            Truncated = limit > 0; // who keeps nothing misses nothing
            bytes = bytes[..room];
        }
        if (Length + bytes.Length > _kept.Length)
            Array.Resize(ref _kept, Math.Min(limit, Math.Max(_kept.Length * 2, Length + bytes.Length)));
        bytes.CopyTo(_kept.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>Valid text without NUL; a cut one ends with a line that says so.</summary>
    public string Text()
    {
        var bytes = Truncated ? WithoutCutCharacter(Kept) : Kept;
        var text = Clean(Encoding.UTF8.GetString(bytes));
        if (!Truncated)
            return text;
        return $"{text}{(text.EndsWith('\n') ? "" : "\n")}[output truncated at {limit} bytes]";
    }

    public static string Clean(string text) => text.Contains('\0') ? text.Replace("\0", "", StringComparison.Ordinal) : text;

    // The limit may fall inside a character, which would show as a broken one.
    private static ReadOnlySpan<byte> WithoutCutCharacter(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            var lead = bytes[^back];
            if ((lead & 0xC0) == 0x80)
                continue;
            var length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
            return length > back ? bytes[..^back] : bytes;
        }
        return bytes;
    }
}
