namespace Platform.Identity.OAuth;

/// <summary>Addresses that an operator configures, or a provider reports.</summary>
internal static class WebAddress
{
    private const int MaxLength = 2048;

    public static bool IsValid(string? text) =>
        text?.Length <= MaxLength && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0;

    /// <summary>The address of a path below a base that may end in a slash or not.</summary>
    public static Uri Below(string address, string path) => new($"{address.TrimEnd('/')}/{path}");
}
