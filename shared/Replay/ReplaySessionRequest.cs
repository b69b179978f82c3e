using System.ComponentModel.DataAnnotations;

namespace Platform.Replay;

/// <summary>Body of <c>POST /replay/sessions</c>. The conditions may also stand in <c>filter</c>; one given outside wins.</summary>
public sealed record ReplaySessionRequest : IValidatableObject
{
    [Required]
    public ReplayType? ReplayType { get; init; }

    public ReplayTarget Target { get; init; } = ReplayTarget.Kafka;

    public Guid? ExecutionId { get; init; }

    [MaxLength(ReplayFilter.MaxTypes)]
    public IReadOnlyList<string>? EventTypes { get; init; }

    [MaxLength(ReplayFilter.MaxTypes)]
    public IReadOnlyList<string>? ExcludeEventTypes { get; init; }

    public DateTimeOffset? StartTime { get; init; }

    public DateTimeOffset? EndTime { get; init; }

    public Guid? UserId { get; init; }

    [StringLength(128)]
    public string? ServiceName { get; init; }

    public ReplayFilter? Filter { get; init; }

    /// <summary>The pauses between the events, divided by this; none at 100.</summary>
    [Range(0.1, ReplayConfig.FullSpeed)]
    public double SpeedMultiplier { get; init; } = 1;

    /// <summary>Replayed events keep the time of their originals.</summary>
    public bool PreserveTimestamps { get; init; }

    [Range(1, 1000)]
    public int BatchSize { get; init; } = 100;

    [Range(1L, long.MaxValue)]
    public long? MaxEvents { get; init; }

    /// <summary>False: the first failing event ends the session.</summary>
    public bool SkipErrors { get; init; } = true;

    public bool RetryFailed { get; init; }

    [Range(1, 10)]
    public int RetryAttempts { get; init; } = 3;

    /// <summary>The consumer that takes the events as news.</summary>
    [StringLength(64)]
    public string? TargetService { get; init; }

    /// <summary>Name of the file of target <c>file</c>, relative to the session's folder.</summary>
    [StringLength(200)]
    [RegularExpression(@"^(?!\.+(/|$))[A-Za-z0-9._-]+(/(?!\.+(/|$))[A-Za-z0-9._-]+)*$")]
    public string? TargetFilePath { get; init; }

    [StringLength(2048)]
    public string? CallbackUrl { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var filter = ToFilter();
        if (Target == ReplayTarget.Callback && CallbackUrl is null)
            yield return new ValidationResult("A replay to a callback needs its URL", [nameof(CallbackUrl)]);
        var others = ReplayRules.CheckService(TargetService, nameof(TargetService)).Concat(ReplayRules.Lacks(ReplayType!.Value, filter)).Concat(filter.Validate(validationContext));
        foreach (var problem in others)
            yield return problem;
    }

    public ReplayFilter ToFilter() => new ReplayFilter
    {
        ExecutionId = ExecutionId,
        EventTypes = EventTypes,
        ExcludeEventTypes = ExcludeEventTypes,
        StartTime = StartTime,
        EndTime = EndTime,
        UserId = UserId,
        ServiceName = ServiceName,
    }.Or(Filter);

    public ReplayConfig ToConfig(string? shownCallback) => new()
    {
        ReplayType = ReplayType!.Value,
        Target = Target,
        Filter = ToFilter(),
        SpeedMultiplier = SpeedMultiplier,
        PreserveTimestamps = PreserveTimestamps,
        BatchSize = BatchSize,
        MaxEvents = MaxEvents,
        SkipErrors = SkipErrors,
        RetryFailed = RetryFailed,
        RetryAttempts = RetryAttempts,
        TargetService = TargetService,
        TargetFilePath = TargetFilePath,
        CallbackUrl = shownCallback,
    };
}
