using Platform.Data;

namespace Platform.Builds;

/// <summary>Consecutive lines of a build's log in one row. A log has up to 50 MB, and a row for each line would cost several times as much.</summary>
public sealed class BuildLogChunk : IOrganizationOwned
{
    public required Guid BuildId { get; init; }

    /// <summary>Sequence of its first line.</summary>
    public required long First { get; init; }

    /// <summary>Sequence of its last line.</summary>
    public required long Last { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>The lines, compressed; see <see cref="LogChunkCodec"/>.</summary>
    public required byte[] Content { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
