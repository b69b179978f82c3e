using Platform.Data;

namespace Platform.Builds;

public enum BuildHookRunStatus
{
    Running,
    Completed,
}

public enum BuildHookStatus
{
    Succeeded,
    Failed,
    TimedOut,
}

/// <summary>How one hook went. <see cref="Output"/> is the end of what it printed or answered, without secrets.</summary>
public sealed record BuildHookResult(string Name, BuildHookPhase Phase, BuildHookType Type, BuildHookStatus Status)
{
    public int? ExitCode { get; init; }

    public int? StatusCode { get; init; }

    public long DurationMs { get; init; }

    public string Output { get; init; } = "";

    public DateTimeOffset? FinishedAt { get; init; }
}

/// <summary>Hooks that ran together: because the build came to their phase, or because somebody asked for them.</summary>
public sealed class BuildHookRun : IOrganizationOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid BuildId { get; init; }

    /// <summary>Counts up in the build, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>Asked for; otherwise the build's own.</summary>
    public required bool Requested { get; init; }

    public required BuildHookRunStatus Status { get; set; }

    /// <summary>The hooks that it is about, in their order.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Sealed JSON for HTTP hooks.</summary>
    public string? Payload { get; set; }

    public required IReadOnlyList<BuildHookResult> Results { get; set; }

    public Guid? CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a process took it up; it is not taken up again.</summary>
    public DateTimeOffset? ClaimedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }
}
