using Platform.Events;

namespace Platform.UserFunctions;

/// <summary>What events tell of a function.</summary>
public sealed record FunctionSummary(Guid Id, string Name, string Runtime, Guid ProjectId);

/// <summary>A function was made. Events tell names and figures, never code, payload, result or what was printed.</summary>
public sealed record FunctionCreated(FunctionSummary Function) : DomainEvent
{
    public override string EventType => "function.created";

    public override string Topic => "function_events";

    public override string? AggregateId => Function.Id.ToString();

    public override string Service => "function-service";

    public static FunctionCreated Of(UserFunction function) => new(new FunctionSummary(function.Id, function.Name, function.Runtime, function.ProjectId))
    {
        OrganizationId = function.OrganizationId,
        ProjectId = function.ProjectId,
    };
}

/// <summary>An invocation brought a result.</summary>
public sealed record FunctionInvoked(Guid FunctionId, string Name, Guid InvocationId, int Version, long DurationMs, bool ColdStart) : DomainEvent
{
    public override string EventType => "function.invoked";

    public override string Topic => "function_events";

    public override string? AggregateId => InvocationId.ToString();

    public override string Service => "function-service";
}

/// <summary>An invocation threw, ran out of time or memory, or its process ended (<paramref name="Status"/>).</summary>
public sealed record FunctionFailed(Guid FunctionId, string Name, Guid InvocationId, int Version, InvocationStatus Status, long DurationMs, bool ColdStart) : DomainEvent
{
    public override string EventType => "function.failed";

    public override string Topic => "function_events";

    public override string? AggregateId => InvocationId.ToString();

    public override string Service => "function-service";
}

/// <summary>What events tell of a deployment.</summary>
public sealed record DeploymentSummary(Guid Id, Guid FunctionId, string Function, int Version, int? PreviousVersion, DeploymentStatus Status, DeploymentReason Reason, string? ErrorCode, long? DurationMs)
{
    public static DeploymentSummary Of(FunctionDeployment deployment, string function) => new(
        deployment.Id, deployment.FunctionId, function, deployment.VersionNumber, deployment.PreviousVersion, deployment.Status, deployment.Reason, deployment.ErrorCode, deployment.DurationMs);
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
