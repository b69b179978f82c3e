namespace Platform.Notifications;

/// <summary>The beginning of a text that may be long.</summary>
public static class Excerpt
{
    /// <summary>At most <paramref name="length"/> characters; a pair of surrogates is not split.</summary>
    public static string Of(string text, int length) => text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
