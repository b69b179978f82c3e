using Platform.Data;

namespace Platform.Builds;

public enum BuildArtifactKind
{
    File,

    /// <summary>The output directory as one archive.</summary>
    Bundle,

    /// <summary>Results of tests in the XML that JUnit has made common.</summary>
    Report,
}

/// <summary>A file that a build leaves; its bytes are in the blob store.</summary>
public sealed class BuildArtifact : IOrganizationOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid BuildId { get; init; }

    /// <summary>Relative, with forward slashes.</summary>
    public required string Path { get; init; }

    public required long SizeBytes { get; init; }

    public required string Sha256 { get; init; }

    public required string ContentType { get; init; }

    public required BuildArtifactKind Kind { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public string BlobKey => BuildBlobs.Artifact(BuildId, Id);
}
