using System.Text;
using Platform.Secrets;

namespace Platform.Builds;

/// <summary>Makes lines of a stream's bytes. A line without end is given away in pieces; as many characters as a secret may have stay behind, so that none is cut in two.</summary>
internal sealed class LineAssembler(SecretMask mask)
{
    private const int LongestLine = 64 * 1024;
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _line = new();

    /// <summary>The lines that the bytes complete, without secrets.</summary>
    public List<string> Add(ReadOnlySpan<byte> bytes)
    {
        var lines = new List<string>();
        var text = new char[_decoder.GetCharCount(bytes, flush: false)];
        var rest = text.AsSpan(0, _decoder.GetChars(bytes, text, flush: false));
        while (rest.IndexOf('\n') is >= 0 and var end)
        {
            _line.Append(rest[..end]);
            lines.Add(Take(_line.Length));
            rest = rest[(end + 1)..];
        }

        _line.Append(rest);
        while (_line.Length > LongestLine + mask.Longest)
            lines.Add(TakePiece());
        return lines;
    }

    /// <summary>What is left when the stream ends.</summary>
    public string? End()
    {
        _decoder.Reset();
        return _line.Length == 0 ? null : Take(_line.Length);
    }

    private string Take(int length)
    {
        var text = mask.Apply(_line.ToString(0, length).TrimEnd('\r'));
        _line.Remove(0, length);
        return text;
    }

    // Masked as a whole, and cut before the part that may be the beginning of a secret.
    private string TakePiece()
    {
        var masked = mask.Apply(_line.ToString());
        var keep = Math.Min(mask.Longest, masked.Length - 1);
        _line.Clear().Append(masked, masked.Length - keep, keep);
        return masked[..^keep];
    }
}
