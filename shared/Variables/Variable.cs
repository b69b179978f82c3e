using Platform.Data;

namespace Platform.Variables;

/// <summary>Who reads a variable: scripts of tests, or builds and functions at run time.</summary>
public enum VariableAudience
{
    Tests,
    Runtime,
}

/// <summary>The environments that a variable of the audience <c>runtime</c> holds in; those of <c>tests</c> have none.</summary>
[Flags]
public enum VariableTargets
{
    None = 0,
    Production = 1,
    Preview = 2,
    Development = 4,
}

/// <summary>What reads a variable of the audience <c>runtime</c>.</summary>
[Flags]
public enum VariableScopes
{
    None = 0,
    Builds = 1,
    Functions = 2,
}

public enum VariableType
{
    /// <summary>Shown to everybody who may read variables.</summary>
    Plain,

    /// <summary>Shown only by decrypting it.</summary>
    Secret,

    /// <summary>Content in the blob store.</summary>
    File,
}

/// <summary>
/// A named value of a project. Unique are project and key among those for tests, and project, key and each target among those for run time.
/// Values stand sealed in the row, whatever their type; <see cref="VariableVault"/> opens them.
/// </summary>
public sealed class Variable : IProjectOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid ProjectId { get; init; }

    public required VariableAudience Audience { get; init; }

    public VariableTargets Targets { get; set; }

    /// <summary>Null for a variable of the audience <c>tests</c>.</summary>
    public VariableScopes? Scopes { get; set; }

    public required string Key { get; set; }

    public required VariableType Type { get; set; }

    /// <summary>Sealed for this row and key; null for a file.</summary>
    public string? Value { get; set; }

    public string? Description { get; set; }

    /// <summary>Names the file's blob; a new one with every upload.</summary>
    public Guid? ContentId { get; set; }

    public string? FileName { get; set; }

    public string? MimeType { get; set; }

    public long? FileSize { get; set; }

    public Guid? CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    public long Version { get; set; }
}
