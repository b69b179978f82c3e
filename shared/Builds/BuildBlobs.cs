namespace Platform.Builds;

/// <summary>Keys of what builds keep in the blob store: made of ids only.</summary>
internal static class BuildBlobs
{
    public const string Artifacts = "build-artifacts/";
    public const string Caches = "build-caches/";

    public static string Source(Guid buildId) => $"build-sources/{buildId:N}";

    public static string Artifact(Guid buildId, Guid artifactId) => $"{Artifacts}{buildId:N}/{artifactId:N}";

    public static string Snapshot(Guid buildId) => $"build-workspaces/{buildId:N}";

    public static string Cache(Guid cacheId) => $"{Caches}{cacheId:N}";
}
