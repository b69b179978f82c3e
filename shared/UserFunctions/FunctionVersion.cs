using Platform.Data;

namespace Platform.UserFunctions;

/// <summary>Code of a function as it was given once; it never changes. What packaging adds is found by <see cref="PackageSha256"/> after the first deployment.</summary>
public sealed class FunctionVersion : IProjectOwned
{
    public required Guid FunctionId { get; init; }

    /// <summary>From 1.</summary>
    public required int Number { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid ProjectId { get; init; }

    public required string Runtime { get; init; }

    public required string Entrypoint { get; init; }

    /// <summary>Of the packed code, in lower-case hex; names its blob.</summary>
    public required string CodeSha256 { get; init; }

    /// <summary>Unpacked.</summary>
    public required long SizeBytes { get; init; }

    public required int FileCount { get; init; }

    public string? Message { get; init; }

    /// <summary>The code with its dependencies, or compiled; null when it needs neither, or was never packaged.</summary>
    public string? PackageSha256 { get; set; }

    public Guid? CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
