using Platform.Data;

namespace Platform.Builds;

/// <summary>Packages that an installation fetched, for the next build of the project with the same lock file. Content is in the blob store.</summary>
public sealed class BuildCache : IProjectOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid ProjectId { get; init; }

    /// <summary>Of runner and lock file; unique in the project.</summary>
    public required string Key { get; init; }

    public required long SizeBytes { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UsedAt { get; set; }
}
