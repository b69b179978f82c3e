using Platform.Data;

namespace Platform.Builds;

/// <summary>A part of a build's work, done in the order of <see cref="Order"/>.</summary>
public sealed class BuildStep : IOrganizationOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid BuildId { get; init; }

    /// <summary>From 1.</summary>
    public required int Order { get; set; }

    public required string Name { get; set; }

    public required BuildStepKind Kind { get; init; }

    public string? Command { get; set; }

    /// <summary>Relative to the build's root directory.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Null: what is left of the build.</summary>
    public int? TimeoutSeconds { get; set; }

    public bool ContinueOnError { get; init; }

    /// <summary>The hook that it runs; null for steps of another kind.</summary>
    public string? HookName { get; init; }

    public required BuildStepStatus Status { get; set; }

    public int? ExitCode { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public long? DurationMs { get; set; }

    public long? CpuMs { get; set; }

    public int? MaxRssMb { get; set; }

    public long LogLines { get; set; }

    public string? Error { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    public void Start(DateTimeOffset now) => (Status, StartedAt, UpdatedAt) = (BuildStepStatus.Running, StartedAt ?? now, now);

    /// <summary>Ends it, or passes it over when it never began.</summary>
    public void End(BuildStepStatus status, DateTimeOffset now)
    {
        (Status, UpdatedAt) = (status, now);
        FinishedAt ??= now;
        if (StartedAt is { } start)
            DurationMs = Build.Milliseconds(start, FinishedAt.Value);
    }
}
