using System.ComponentModel.DataAnnotations;

namespace Platform.Builds;

/// <summary>Section <c>Builds</c>.</summary>
public sealed class BuildOptions
{
    public const string Section = "Builds";

    /// <summary>Builds of an organization that run here at once.</summary>
    [Range(1, 1000)]
    public int MaxConcurrentPerOrganization { get; init; } = 4;

    /// <summary>Builds of an organization that may wait; more are refused.</summary>
    [Range(1, 100_000)]
    public int MaxQueuedPerOrganization { get; init; } = 100;

    /// <summary>Hours after which a build that waits for a slot fails.</summary>
    [Range(1, 720)]
    public int QueueHours { get; init; } = 24;

    /// <summary>Mebibytes of an uploaded source.</summary>
    [Range(1, 500)]
    public int MaxSourceMb { get; init; } = 50;

    /// <summary>Mebibytes of an unpacked source.</summary>
    [Range(1, 10_240)]
    public int MaxUnpackedMb { get; init; } = 500;

    /// <summary>Mebibytes that a build's files may take in all, dependencies included.</summary>
    [Range(64, 102_400)]
    public int MaxWorkspaceMb { get; init; } = 8192;

    /// <summary>Kibibytes of a build's log; what comes then is dropped.</summary>
    [Range(1, 1_048_576)]
    public int MaxLogKb { get; init; } = 50 * 1024;

    /// <summary>Mebibytes of one artifact.</summary>
    [Range(1, 10_240)]
    public int MaxArtifactMb { get; init; } = 100;

    /// <summary>Mebibytes of a build's artifacts together.</summary>
    [Range(1, 102_400)]
    public int MaxArtifactsMb { get; init; } = 500;

    /// <summary>Mebibytes of dependencies that are kept for a project.</summary>
    [Range(0, 102_400)]
    public int MaxCacheMb { get; init; } = 2048;

    /// <summary>Hours that a build's files are kept after its end, for hooks.</summary>
    [Range(0, 720)]
    public int SnapshotHours { get; init; } = 24;

    /// <summary>Days that builds, their logs and sources are kept.</summary>
    [Range(1, 3650)]
    public int RetentionDays { get; init; } = 90;

    /// <summary>Most memory of a build in mebibytes.</summary>
    [Range(256, 1_048_576)]
    public int MaxMemoryMb { get; init; } = 8192;

    /// <summary>Most processor cores of a build.</summary>
    [Range(0.5, 1024)]
    public double MaxCpus { get; init; } = 4;

    /// <summary>Folder in which builds work; null: one for this installation in the temporary folder. The sandbox's user must be able to reach it.</summary>
    public string? Directory { get; init; }

    internal long MaxLogBytes => (long)MaxLogKb << 10;
}
