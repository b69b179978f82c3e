using System.ComponentModel.DataAnnotations;
using Platform.Metrics;

namespace Platform.UserFunctions;

/// <summary>Query of <c>GET /api/functions/project/{projectId}</c>.</summary>
public sealed record FunctionFilter
{
    /// <summary>Any of these runtimes.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string> Runtime { get; init; } = [];

    /// <summary>Any of these states.</summary>
    public IReadOnlyList<FunctionStatus> Status { get; init; } = [];

    /// <summary>Only those that are switched on, or off.</summary>
    public bool? Enabled { get; init; }

    /// <summary>A part of the name.</summary>
    [StringLength(100)]
    public string? Search { get; init; }

    /// <summary>Only those that have the tags: <c>tag.team=shop</c>; repeated: with any of the values.</summary>
    [Prefix("tag.")]
    [MaxLength(20)]
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Tags { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Newest first by default; a minus sorts descending.</summary>
    [AllowedValues("name", "-name", "createdAt", "-createdAt", "updatedAt", "-updatedAt", "lastInvokedAt", "-lastInvokedAt")]
    public string Sort { get; init; } = "-createdAt";

    /// <summary>Size of the page.</summary>
    [Range(1, 200)]
    public int Limit { get; init; } = 50;

    /// <summary>Matches before the page.</summary>
    [Range(0, int.MaxValue)]
    public int Offset { get; init; }
}

/// <summary>Query of <c>GET /api/functions/{functionId}</c>.</summary>
public sealed record FunctionDetailQuery
{
    /// <summary><c>code</c> adds the files of the newest version, to those who may change it.</summary>
    [RegularExpression("code")]
    public string? Include { get; init; }
}

/// <summary>Query of <c>DELETE /api/functions/{functionId}</c>.</summary>
public sealed record FunctionRemoval
{
    /// <summary>Also when a domain leads to it, which then leads nowhere.</summary>
    public bool Force { get; init; }
}

public enum LogView
{
    Executions,
    Lines,
}

/// <summary>Query of <c>GET /api/functions/{functionId}/logs</c>.</summary>
public sealed record FunctionLogFilter : IValidatableObject
{
    /// <summary>Invocations with their lines, or the lines alone.</summary>
    public LogView View { get; init; }

    /// <summary>Only this invocation.</summary>
    public Guid? InvocationId { get; init; }

    /// <summary>Any of these outcomes.</summary>
    public IReadOnlyList<InvocationStatus> Status { get; init; } = [];

    /// <summary>Any of these versions.</summary>
    [MaxLength(50)]
    public IReadOnlyList<int> Version { get; init; } = [];

    /// <summary>Invoked, tested or probed.</summary>
    public IReadOnlyList<InvocationTrigger> Trigger { get; init; } = [];

    /// <summary>Only lines of this level.</summary>
    [RegularExpression("debug|info|warn|error")]
    public string? Level { get; init; }

    /// <summary>Only lines of this stream.</summary>
    [RegularExpression("stdout|stderr|system")]
    public string? Stream { get; init; }

    /// <summary>A part of a line, without regard to case.</summary>
    [StringLength(200)]
    public string? Search { get; init; }

    /// <summary>Invocations from this time on.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Invocations before this time.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Oldest or newest first.</summary>
    public SortOrder Order { get; init; }

    /// <summary>Size of the page.</summary>
    [Range(1, 1000)]
    public int Limit { get; init; } = 50;

    /// <summary>Matches before the page.</summary>
    [Range(0, 100_000)]
    public int Offset { get; init; }

    internal bool LooksIntoLines => Level is not null || Stream is not null || Search is { Length: > 0 };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        To <= From ? [new ValidationResult("The end should be after the start", [nameof(To)])] : [];

    internal bool Takes(FunctionLogLine line) => (Level is null || line.Level == Level) && (Stream is null || line.Stream == Stream)
        && (Search is not { Length: > 0 } text || line.Message.Contains(text, StringComparison.OrdinalIgnoreCase));
}
