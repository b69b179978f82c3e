using System.Buffers;

namespace Platform.Blobs;

/// <summary>
/// The form of a blob key: segments of <c>[a-z0-9-_.]</c> (1–200 characters, not only dots) joined by <c>/</c>, 512 characters at most.
/// Everything that could leave the store's root or name a second form of the same blob is refused.
/// </summary>
public static class BlobKey
{
    public const int MaxLength = 512;
    public const int MaxSegmentLength = 200;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_./");

    /// <summary>Throws <see cref="ArgumentException"/> when the key has another form: keys are made by code, so a bad one is a fault.</summary>
    public static string Check(string key)
    {
        if (string.IsNullOrEmpty(key) || !HasForm(key, lastMayBeEmpty: false))
            throw new ArgumentException("The blob key does not have the form of a key", nameof(key));
        return key;
    }

    /// <summary>As <see cref="Check"/> for the beginning of keys: empty, or ending anywhere.</summary>
    public static string CheckPrefix(string prefix)
    {
        if (prefix.Length > 0 && !HasForm(prefix, lastMayBeEmpty: true))
            throw new ArgumentException("The prefix does not have the form of a key", nameof(prefix));
        return prefix;
    }

    private static bool HasForm(ReadOnlySpan<char> key, bool lastMayBeEmpty)
    {
        if (key.Length > MaxLength || key.ContainsAnyExcept(Allowed))
            return false;
        foreach (var range in key.Split('/'))
        {
            var segment = key[range];
            var isLast = range.End.GetOffset(key.Length) == key.Length;
            if (segment.IsEmpty && isLast && lastMayBeEmpty && key.Length > 1)
                continue;
            if (segment.IsEmpty || segment.Length > MaxSegmentLength || !segment.ContainsAnyExcept('.'))
                return false;
        }

        return true;
    }
}
