using System.Security.Cryptography;
using System.Text;

namespace Platform.Organizations;

/// <summary>
/// Short names for addresses: lower case, <c>a-z0-9</c> kept, runs of blanks and <c>_ - .</c> become one <c>-</c>, the rest is dropped, at most 64 characters;
/// what leaves nothing becomes <c>org-</c> and eight hex digits.
/// </summary>
public static class Slug
{
    private const int MaxLength = 64;

    public static string Of(string name)
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
        return text.Length > 0 ? text : $"org-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
    }
}
