using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Platform.Executions;

/// <summary>Body of <c>POST /execute</c>.</summary>
public sealed record ExecutionRequest : RunRequest
{
    public const int MaxScript = 50_000;

    [Required, StringLength(MaxScript, MinimumLength = 1)]
    public string Script { get; init; } = "";

    [StringLength(32, MinimumLength = 1)]
    public string Lang { get; init; } = "python";

    [StringLength(32, MinimumLength = 1)]
    public string LangVersion { get; init; } = "3.11";

    /// <summary>A run of a script that is at hand already.</summary>
    public static ExecutionRequest Of(string script, string lang, string langVersion, RunRequest run) => new()
    {
        Script = script,
        Lang = lang,
        LangVersion = langVersion,
        Stdin = run.Stdin,
        Args = run.Args,
        Env = run.Env,
        Files = run.Files,
        TimeoutSeconds = run.TimeoutSeconds,
        MemoryMb = run.MemoryMb,
        Priority = run.Priority,
    };

    public ExecutionSource ToSource()
    {
        var inputs = new ExecutionInputs(Stdin, Args, Env, Files);
        return new(Script, Lang, LangVersion, inputs.IsEmpty ? null : inputs, Priority, RetriedFrom: null);
    }
}

/// <summary>Answer of <c>POST /execute</c> and of a retry.</summary>
public record ExecutionStarted([property: JsonPropertyOrder(-2)] Guid ExecutionId, [property: JsonPropertyOrder(-1)] ExecutionStatus Status);

/// <summary>Optional body of a cancellation.</summary>
public sealed record CancelRequest([property: StringLength(500)] string? Reason)
{
    public const string DefaultReason = "User requested cancellation";
}

/// <summary>Answer of a cancellation; <paramref name="Status"/> is <c>cancellation_requested</c> or <c>already_cancelled</c>.</summary>
public sealed record CancelAnswer(Guid ExecutionId, string Status, string Message, Guid? EventId);

/// <summary>Optional body of a retry.</summary>
public sealed record RetryRequest([property: StringLength(500)] string? Reason, bool PreserveOutput = false);

/// <summary>An execution as its owner sees it; outputs, exit code and usage are null before the end.</summary>
public sealed record ExecutionView(
    Guid ExecutionId,
    ExecutionStatus Status,
    string? Output,
    string? Errors,
    string Lang,
    string LangVersion,
    int? ExitCode,
    ExecutionErrorType? ErrorType,
    bool OutputTruncated,
    ResourceUsage? ResourceUsage,
    ExecutionPriority Priority,
    int TimeoutSeconds,
    Guid? RetriedFrom,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? CompletedAt,
    DateTimeOffset UpdatedAt) : ExecutionStarted(ExecutionId, Status)
{
    /// <summary>As a projection, so that scripts are not read with it.</summary>
    internal static readonly Expression<Func<Execution, ExecutionView>> Projection = e => new ExecutionView(
        e.Id, e.Status, e.Result!.Output, e.Result!.Errors, e.Lang, e.LangVersion, e.Result == null ? null : e.Result.ExitCode, e.Result!.ErrorType,
        e.Result != null && e.Result.OutputTruncated,
        e.Result == null ? null : new ResourceUsage(e.Result.WallSeconds, e.Result.CpuTimeJiffies, e.Result.ClkTckHertz, e.Result.PeakMemoryKb),
        e.Priority, e.TimeoutSeconds, e.RetriedFrom, e.CreatedAt, e.StartedAt, e.CompletedAt, e.UpdatedAt);
}

/// <summary>A page of the caller's executions, newest first.</summary>
public sealed record ExecutionList(IReadOnlyList<ExecutionView> Executions, long Total, int Limit, int Skip, bool HasMore);

/// <summary>Filter of <c>GET /user/executions</c>; times are inclusive and on the creation.</summary>
public sealed record ExecutionFilter : IValidatableObject
{
    /// <summary>Executions in this state only.</summary>
    public ExecutionStatus? Status { get; init; }

    /// <summary>Executions of this language only.</summary>
    [StringLength(32)]
    public string? Lang { get; init; }

    /// <summary>Created at this time or later.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>Created at this time or earlier.</summary>
    public DateTimeOffset? EndTime { get; init; }

    /// <summary>Size of the page.</summary>
    [Range(1, 200)]
    public int Limit { get; init; } = 50;

    /// <summary>Matches before the page.</summary>
    [Range(0, int.MaxValue)]
    public int Skip { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => TimeRange.Check(StartTime, EndTime, nameof(StartTime));
}

/// <summary>Filter of <c>GET /executions/{executionId}/events</c>.</summary>
public sealed record ExecutionEventFilter
{
    /// <summary>Events of these types only.</summary>
    [MaxLength(100)]
    public IReadOnlyList<string> EventTypes { get; init; } = [];

    /// <summary>Most events in the answer, the oldest.</summary>
    [Range(1, 1000)]
    public int Limit { get; init; } = 100;
}

/// <summary>Short form of a stored event.</summary>
public sealed record ExecutionEventView(Guid EventId, string EventType, DateTimeOffset Timestamp, JsonElement Payload);

public sealed record ExampleScriptList(IReadOnlyDictionary<string, string> Scripts);

/// <summary>The limits and runtimes of the platform as they are now.</summary>
public sealed record ExecutionLimitsView(
    string CpuLimit,
    string MemoryLimit,
    string CpuRequest,
    string MemoryRequest,
    int ExecutionTimeout,
    IReadOnlyDictionary<string, IReadOnlyList<string>> SupportedRuntimes,
    IReadOnlyDictionary<string, IReadOnlyList<RuntimeView>> Runtimes);

public sealed record RuntimeView(string Version, string Actual, string FileExt);

public sealed record ExecutionDeleted(string Message, Guid ExecutionId);
