namespace EmbeddedFunctions.DurableTask;

internal static class TaskVersions
{
    /// <summary>Dotted numbers compare as such, others as texts without regard to case; no version is the lowest.</summary>
    public static int Compare(string? one, string? other) =>
        Version.TryParse(one, out var first) && Version.TryParse(other, out var second)
            ? first.CompareTo(second)
            : string.Compare(one ?? "", other ?? "", StringComparison.OrdinalIgnoreCase);
}
