using System.Buffers;
using System.Text;

namespace Platform.Secrets;

/// <summary>Replaces secrets in what programs of users print: the values themselves, their Base64 and their URL-encoded form. Values below four characters would blank out half of a log and are left.</summary>
public sealed class SecretMask
{
    public const string Masked = "***";

    private const int Shortest = 4;
    private readonly string[] _secrets;
    private readonly SearchValues<string> _any;

    public SecretMask(IEnumerable<string> secrets)
    {
        _secrets = [.. secrets.SelectMany(Lines).Where(secret => secret.Length >= Shortest).Distinct(StringComparer.Ordinal).SelectMany(Forms).Distinct(StringComparer.Ordinal).OrderByDescending(form => form.Length)];
        _any = SearchValues.Create(_secrets, StringComparison.Ordinal);
    }

    /// <summary>Characters of the longest secret: as many of a cut line may be the beginning of one.</summary>
    public int Longest => _secrets.Length == 0 ? 0 : _secrets[0].Length;

    public string Apply(string text)
    {
        if (_secrets.Length == 0)
            return text;
        var at = text.AsSpan().IndexOfAny(_any);
        if (at < 0)
            return text;
        var masked = new StringBuilder(text.Length);
        var rest = text.AsSpan();
        while (at >= 0)
        {
            masked.Append(rest[..at]).Append(Masked);
            rest = rest[(at + LengthAt(rest[at..]))..];
            at = rest.IndexOfAny(_any);
        }

        return masked.Append(rest).ToString();
    }

    // The longest one that begins here; they are ordered so.
    private int LengthAt(ReadOnlySpan<char> text)
    {
        foreach (var secret in _secrets)
        {
            if (text.StartsWith(secret, StringComparison.Ordinal))
                return secret.Length;
        }

        return 1;
    }

    // Logs are lines, so a secret of several is looked for line by line, too.
    private static IEnumerable<string> Lines(string secret) => secret.Contains('\n', StringComparison.Ordinal) ? secret.Split('\n', StringSplitOptions.TrimEntries) : [secret];

    private static IEnumerable<string> Forms(string secret)
    {
        yield return secret;
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(secret));
        yield return base64;
        yield return base64.TrimEnd('=');
        yield return Uri.EscapeDataString(secret);
        yield return Uri.EscapeDataString(secret).Replace("%20", "+", StringComparison.Ordinal);
    }
}
