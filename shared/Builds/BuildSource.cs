namespace Platform.Builds;

public enum BuildSourceType
{
    Git,

    /// <summary>An archive that came with the request.</summary>
    Tarball,
    Files,

    /// <summary>The executor elsewhere knows where from.</summary>
    None,
}

/// <summary>Where a build's files come from, without the credentials.</summary>
public sealed record BuildSource(BuildSourceType Type)
{
    public string? Url { get; init; }

    /// <summary>A branch or tag; null: the build's branch.</summary>
    public string? Ref { get; init; }

    public string? CommitSha { get; init; }

    /// <summary>Commits of history; 0: all of it.</summary>
    public int? Depth { get; init; }

    public bool? Submodules { get; init; }

    public string? Username { get; init; }

    /// <summary>Of the archive, in hex.</summary>
    public string? Digest { get; init; }

    /// <summary>Of the archive, in bytes.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Whether the platform keeps an archive that it unpacks.</summary>
    internal bool HasArchive => Type is BuildSourceType.Tarball or BuildSourceType.Files;
}
