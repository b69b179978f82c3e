using System.ComponentModel.DataAnnotations;

namespace Platform.Builds;

/// <summary>A line that an external executor reports.</summary>
public record ReportedLine
{
    /// <summary>Longer than 16 KB: split into several lines.</summary>
    [StringLength(1024 * 1024)]
    public string? Message { get; init; }

    public LogLevel? Level { get; init; }

    [AllowedValues(null, LogStream.Stdout, LogStream.Stderr, LogStream.User)]
    public LogStream? Stream { get; init; }

    /// <summary>A step of the build.</summary>
    public Guid? StepId { get; init; }

    /// <summary>Absent: now.</summary>
    public DateTimeOffset? Timestamp { get; init; }
}

/// <summary>Body of <c>POST /api/builds/{buildId}/logs</c>: one line, or up to 1000 in <c>lines</c>.</summary>
public sealed record NewLogLines : ReportedLine, IValidatableObject
{
    private const int Most = 1000;

    [Length(1, Most)]
    public IReadOnlyList<ReportedLine>? Lines { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if ((Lines is null) == (Message is null))
            yield return new ValidationResult("Either message or lines should be given", [nameof(Message)]);
        if (Lines?.Any(line => line.Message is null) == true)
            yield return new ValidationResult("Each line should have a message", [nameof(Lines)]);
    }

    internal IReadOnlyList<ReportedLine> All => Lines ?? [this];
}

/// <summary>Answer to reported lines; without sequences when none was kept.</summary>
public sealed record AcceptedLines(int Accepted, long? FirstSequence, long? LastSequence);

public enum LogFormat
{
    Json,
    Text,
}

/// <summary>Query of <c>GET /api/builds/{buildId}/logs</c>.</summary>
public sealed record LogQuery
{
    /// <summary>Any of these steps.</summary>
    public IReadOnlyList<Guid> StepId { get; init; } = [];

    /// <summary>Any of these streams.</summary>
    public IReadOnlyList<LogStream> Stream { get; init; } = [];

    /// <summary>This level and above.</summary>
    public LogLevel? Level { get; init; }

    /// <summary>A part of the message, without regard to case.</summary>
    [StringLength(200)]
    public string? Search { get; init; }

    /// <summary>Only lines with a greater sequence.</summary>
    [Range(0, long.MaxValue)]
    public long? After { get; init; }

    /// <summary>Size of the page.</summary>
    [Range(1, 1000)]
    public int Limit { get; init; } = 200;

    /// <summary>Matches before the page.</summary>
    [Range(0, int.MaxValue)]
    public int Offset { get; init; }

    /// <summary>By sequence.</summary>
    public SortOrder Order { get; init; } = SortOrder.Asc;

    /// <summary>Seconds to wait for a line beyond <c>after</c> or the end of the build.</summary>
    [Range(0, 25)]
    public int Wait { get; init; }

    /// <summary>As JSON, or one line of text each.</summary>
    public LogFormat Format { get; init; }

    internal bool FiltersLines => StepId.Count > 0 || Stream.Count > 0 || Level is not null || Search is { Length: > 0 };

    internal bool Takes(LogLine line) =>
        (StepId.Count == 0 || (line.StepId is { } step && StepId.Contains(step)))
        && (Stream.Count == 0 || Stream.Contains(line.Stream))
        && (Level is not { } least || line.Level >= least)
        && (Search is not { Length: > 0 } text || line.Message.Contains(text, StringComparison.OrdinalIgnoreCase));
}

/// <summary>A page of a log.</summary>
/// <param name="NextAfter">What to give as <c>after</c> to go on.</param>
/// <param name="Complete">The build is over and everything was read.</param>
public sealed record LogPage(IReadOnlyList<LogLine> Lines, long Total, int Limit, int Offset, long NextAfter, bool Complete);
