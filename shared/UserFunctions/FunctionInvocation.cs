using Platform.Data;

namespace Platform.UserFunctions;

public enum InvocationTrigger
{
    Invoke,
    Test,

    /// <summary>A deployment tried the version.</summary>
    Probe,
}

public enum InvocationStatus
{
    Success,

    /// <summary>The handler threw, or did not load.</summary>
    Error,
    Timeout,
    OutOfMemory,

    /// <summary>The process ended before it answered.</summary>
    Crashed,

    /// <summary>Too many at once; no code ran.</summary>
    Throttled,
}

/// <summary>A line that a function printed.</summary>
public sealed record FunctionLogLine(DateTimeOffset Timestamp, string Stream, string Level, string Message);

/// <summary>What a function threw, or what else ended an invocation.</summary>
public sealed record InvocationError(string Type, string Message, string? Stack);

/// <summary>One run of a function: figures and log lines, neither payload nor result. It outlives its function, until the retention ends.</summary>
public sealed class FunctionInvocation : IProjectOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid ProjectId { get; init; }

    public required Guid FunctionId { get; init; }

    /// <summary>0 when unsaved code was tested.</summary>
    public required int VersionNumber { get; init; }

    public Guid? DeploymentId { get; init; }

    public required InvocationTrigger Trigger { get; init; }

    public required InvocationStatus Status { get; init; }

    /// <summary>Of the handler alone.</summary>
    public required long DurationMs { get; init; }

    /// <summary>From the start of the worker until the code was loaded; cold invocations only.</summary>
    public long? InitDurationMs { get; init; }

    public required long QueueMs { get; init; }

    public required bool ColdStart { get; init; }

    /// <summary>Peak of the worker.</summary>
    public required int MemoryUsedMb { get; init; }

    /// <summary>The function's limit then.</summary>
    public required int MemoryMb { get; init; }

    public required long CpuMs { get; init; }

    public required long RequestBytes { get; init; }

    public required long ResponseBytes { get; init; }

    public InvocationError? Error { get; init; }

    /// <summary>Names errors of one kind.</summary>
    public string? Fingerprint { get; init; }

    public IReadOnlyList<FunctionLogLine> Logs { get; init; } = [];

    public Guid? CallerId { get; init; }

    public Guid? WorkerId { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset FinishedAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
