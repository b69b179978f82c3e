namespace Platform.UserFunctions;

/// <summary>The durable orchestration that brings a version of a function into use.</summary>
public static class FunctionDeploymentRun
{
    public const string Name = "FunctionDeployment";

    public static string InstanceId(Guid deploymentId) => $"deploy-{deploymentId}";

    public sealed record Input(Guid OrganizationId, Guid DeploymentId, string? CorrelationId)
    {
        /// <summary>The deployment has taken longer than it may.</summary>
        public bool OutOfTime { get; init; }
    }
}
