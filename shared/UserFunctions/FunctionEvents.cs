using Platform.Events;

namespace Platform.UserFunctions;

/// <summary>What events tell of a function.</summary>
public sealed record FunctionSummary(Guid Id, string Name, string Runtime, Guid ProjectId, int Version);

/// <summary>A function was made. Events tell names, figures and errors (cleaned of secrets), never code, payload, result or what was printed.</summary>
public sealed record FunctionCreated(FunctionSummary Function) : DomainEvent
{
    public override string EventType => "function.created";

    public override string Topic => "function_events";

    public override string? AggregateId => Function.Id.ToString();

    public override string Service => "function-service";

    public static FunctionCreated Of(UserFunction function) => new(new FunctionSummary(function.Id, function.Name, function.Runtime, function.ProjectId, function.LatestVersion))
    {
        OrganizationId = function.OrganizationId,
        ProjectId = function.ProjectId,
    };
}

/// <summary>An invocation brought a result. Written only where somebody waits for it.</summary>
public sealed record FunctionInvoked(Guid FunctionId, string Name, Guid InvocationId, int Version, InvocationStatus Status, long DurationMs, bool ColdStart) : DomainEvent
{
    public const string TypeName = "function.invoked";

    public override string EventType => TypeName;

    public override string Topic => "function_events";

    public override string? AggregateId => InvocationId.ToString();

    public override string Service => "function-service";
}

/// <summary>An invocation threw, ran out of time or memory, or its process ended (<paramref name="Status"/>).</summary>
public sealed record FunctionFailed(Guid FunctionId, string Name, Guid InvocationId, int Version, InvocationStatus Status, long DurationMs, bool ColdStart, EventError? Error) : DomainEvent
{
    public override string EventType => "function.failed";

    public override string Topic => "function_events";

    public override string? AggregateId => InvocationId.ToString();

    public override string Service => "function-service";
}

/// <summary>What went wrong in an invocation.</summary>
public sealed record EventError(string Type, string Message);

/// <summary>What events tell of a deployment.</summary>
public sealed record DeploymentSummary(Guid Id, Guid FunctionId, string FunctionName, int Version, int? PreviousVersion, DeploymentStatus Status, DeploymentReason Reason)
{
    public DeploymentError? Error { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public long? DurationMs { get; init; }

    public static DeploymentSummary Of(FunctionDeployment deployment, string function) => new(
        deployment.Id, deployment.FunctionId, function, deployment.VersionNumber, deployment.PreviousVersion, deployment.Status, deployment.Reason)
    {
        Error = deployment.Error,
        StartedAt = deployment.StartedAt,
        FinishedAt = deployment.FinishedAt,
        DurationMs = deployment.DurationMs,
    };
}

/// <summary>A deployment is no longer queued.</summary>
public sealed record DeploymentStarted(DeploymentSummary Deployment) : DomainEvent
{
    public override string EventType => "deployment.started";

    public override string Topic => "function_events";

    public override string? AggregateId => Deployment.Id.ToString();

    public override string Service => "function-service";

    public static DeploymentStarted Of(FunctionDeployment deployment, string function) =>
        new(DeploymentSummary.Of(deployment, function)) { OrganizationId = deployment.OrganizationId, ProjectId = deployment.ProjectId };
}

/// <summary>A deployment ended, whichever way.</summary>
public sealed record DeploymentCompleted(DeploymentSummary Deployment) : DomainEvent
{
    public override string EventType => "deployment.completed";

    public override string Topic => "function_events";

    public override string? AggregateId => Deployment.Id.ToString();

    public override string Service => "function-service";

    public static DeploymentCompleted Of(FunctionDeployment deployment, string function) =>
        new(DeploymentSummary.Of(deployment, function)) { OrganizationId = deployment.OrganizationId, ProjectId = deployment.ProjectId };
}
