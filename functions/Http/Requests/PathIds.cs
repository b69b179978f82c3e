namespace Platform.Functions.Http;

internal static class PathIds
{
    /// <summary>Ids in paths are opaque: what cannot be one is simply not found.</summary>
    public static Guid ToId(this string text) => Guid.TryParse(text, out var id) ? id : Guid.Empty;
}
