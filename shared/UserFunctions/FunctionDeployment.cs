using Platform.Data;

namespace Platform.UserFunctions;

/// <summary>States of a deployment: queued → packaging → probing → switching → succeeded.</summary>
public enum DeploymentStatus
{
    Queued,
    Packaging,
    Probing,
    Switching,
    Succeeded,

    /// <summary>The version before goes on serving.</summary>
    Failed,

    /// <summary>The new version served for a moment and did not hold.</summary>
    RolledBack,

    /// <summary>Its function was deleted.</summary>
    Cancelled,
}

public enum DeploymentReason
{
    Create,
    Deploy,
    Rollback,
}

public enum StepStatus
{
    Pending,
    Running,
    Succeeded,
    Failed,
    Skipped,
}

/// <summary>One step of a deployment and what came of it.</summary>
public sealed record DeploymentStep(string Name, StepStatus Status, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, string? Message);

/// <summary>Why a deployment did not succeed.</summary>
public sealed record DeploymentError(string Code, string? Message);

/// <summary>One attempt to bring a version of a function into use.</summary>
public sealed class FunctionDeployment : IProjectOwned
{
    public static readonly IReadOnlyList<string> StepNames = ["validate", "package", "probe", "switch", "verify", "drain", "complete"];

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid ProjectId { get; init; }

    public required Guid FunctionId { get; init; }

    public required int VersionNumber { get; init; }

    /// <summary>What served before.</summary>
    public int? PreviousVersion { get; set; }

    public Guid? PreviousDeploymentId { get; set; }

    /// <summary>The revision of settings that it was begun with.</summary>
    public required int ConfigRevision { get; init; }

    public DeploymentStatus Status { get; private set; } = DeploymentStatus.Queued;

    public required DeploymentReason Reason { get; init; }

    public IReadOnlyList<DeploymentStep> Steps { get; private set; } = [.. StepNames.Select(name => new DeploymentStep(name, StepStatus.Pending, null, null, null))];

    public string? ErrorCode { get; private set; }

    public string? ErrorMessage { get; private set; }

    /// <summary>Why it did not succeed; null while there is nothing to say.</summary>
    public DeploymentError? Error => ErrorCode is { } code ? new DeploymentError(code, ErrorMessage) : null;

    /// <summary>What the package managers or the compiler printed; its end, when it was much.</summary>
    public string? PackageLog { get; set; }

    public DateTimeOffset? StartedAt { get; private set; }

    public DateTimeOffset? FinishedAt { get; private set; }

    public Guid? TriggeredBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    public long Version { get; set; }

    public bool IsLive => Status.IsLive();

    /// <summary>Null while it runs.</summary>
    public long? DurationMs => FinishedAt is { } end ? (long)(end - (StartedAt ?? CreatedAt)).TotalMilliseconds : null;

    /// <summary>A step begins; false when it had ended before, so that a repeated activity does nothing twice.</summary>
    public bool Begin(string step, DeploymentStatus status, DateTimeOffset now)
    {
        if (!IsLive || Find(step).Status is StepStatus.Succeeded or StepStatus.Skipped)
            return false;
        StartedAt ??= now;
        Status = status;
        Put(Find(step) with { Status = StepStatus.Running, StartedAt = Find(step).StartedAt ?? now, FinishedAt = null, Message = null }, now);
        return true;
    }

    public void End(string step, DateTimeOffset now, string? message = null, StepStatus status = StepStatus.Succeeded) =>
        Put(Find(step) with { Status = status, StartedAt = Find(step).StartedAt ?? now, FinishedAt = now, Message = message }, now);

    /// <summary>The end of all; the steps that did not run are skipped.</summary>
    public void Finish(DeploymentStatus status, DateTimeOffset now, string? code = null, string? message = null)
    {
        (Status, FinishedAt, ErrorCode, ErrorMessage) = (status, now, code, message);
        foreach (var step in Steps.Where(step => step.Status is StepStatus.Pending or StepStatus.Running).ToList())
            Put(step with { Status = step.Status == StepStatus.Running ? StepStatus.Failed : StepStatus.Skipped, FinishedAt = step.Status == StepStatus.Running ? now : null, Message = step.Status == StepStatus.Running ? message : null }, now);
    }

    private DeploymentStep Find(string step) => Steps.First(found => found.Name == step);

    private void Put(DeploymentStep step, DateTimeOffset now)
    {
        Steps = [.. Steps.Select(found => found.Name == step.Name ? step : found)];
        (UpdatedAt, Version) = (now, Version + 1);
    }
}

public static class DeploymentStates
{
    public static bool IsLive(this DeploymentStatus status) => status is DeploymentStatus.Queued or DeploymentStatus.Packaging or DeploymentStatus.Probing or DeploymentStatus.Switching;
}
