using System.ComponentModel.DataAnnotations;

namespace Platform.Builds;

/// <summary>Query of <c>GET /api/builds/project/{projectId}</c>.</summary>
public sealed record BuildFilter : IValidatableObject
{
    /// <summary>Any of these states.</summary>
    public IReadOnlyList<BuildStatus> Status { get; init; } = [];

    /// <summary>Any of these branches.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string> Branch { get; init; } = [];

    /// <summary>Any of these environments.</summary>
    public IReadOnlyList<BuildEnvironment> Environment { get; init; } = [];

    /// <summary>The beginning of a commit's id, at least 7 digits.</summary>
    [RegularExpression(BuildRules.CommitSha)]
    public string? CommitSha { get; init; }

    /// <summary>Any of these executors.</summary>
    public IReadOnlyList<BuildExecutor> Executor { get; init; } = [];

    /// <summary>Ids of users.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string> TriggeredBy { get; init; } = [];

    /// <summary>Only those that have the labels: <c>label.team=shop</c>; repeated: with any of the values.</summary>
    [Prefix("label.")]
    [MaxLength(20)]
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Labels { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Created then or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Created before.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Newest first by default; a minus sorts descending.</summary>
    [AllowedValues("createdAt", "-createdAt", "startedAt", "-startedAt", "durationMs", "-durationMs", "number", "-number")]
    public string Sort { get; init; } = "-createdAt";

    /// <summary>Size of the page.</summary>
    [Range(1, 200)]
    public int Limit { get; init; } = 50;

    /// <summary>Matches before the page.</summary>
    [Range(0, int.MaxValue)]
    public int Offset { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (To <= From)
            yield return new ValidationResult("The end should be after the start", [nameof(To)]);
    }
}
