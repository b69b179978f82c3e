using System.Security.Cryptography;
using System.Text;

namespace Platform.Organizations;

/// <summary>
/// Short names for addresses: lower case, <c>a-z0-9</c> kept, runs of blanks and <c>_ - .</c> become one <c>-</c>, the rest is dropped, at most 64 characters;
/// what leaves nothing becomes the prefix and eight hex digits.
/// </summary>
public static class Slug
{
    private const int MaxLength = 64;

    public static string Of(string name, string prefix = "org-")
    {
        var slug = new StringBuilder(name.Length);
        foreach (var letter in name.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(letter))
                slug.Append(letter);
            else if ((char.IsWhiteSpace(letter) || letter is '_' or '-' or '.') && slug is [.., not '-'])
                slug.Append('-');
        }
        var text = slug.ToString();
        text = text[..Math.Min(text.Length, MaxLength)].Trim('-');
        return text.Length > 0 ? text : prefix + Hex(4);
    }

    /// <summary>The slug, made different by four hex digits.</summary>
    public static string Vary(string slug) => $"{slug[..Math.Min(slug.Length, MaxLength - 5)]}-{Hex(2)}";

    private static string Hex(int bytes) => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(bytes));
}
