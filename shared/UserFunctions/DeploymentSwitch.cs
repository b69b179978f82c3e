namespace Platform.UserFunctions;

/// <summary>Says which version of a function serves.</summary>
public sealed class DeploymentSwitch(FunctionChanges changes, TimeProvider clock)
{
    /// <summary>The deployment's version serves; what did before is noted in the deployment.</summary>
    public void Set(UserFunction function, FunctionDeployment deployment)
    {
        (deployment.PreviousVersion, deployment.PreviousDeploymentId) = (function.ActiveVersion, function.ActiveDeploymentId);
        (function.ActiveVersion, function.ActiveDeploymentId, function.DeployedRevision) = (deployment.VersionNumber, deployment.Id, deployment.ConfigRevision);
        function.Touch(clock.GetUtcNow());
    }

    /// <summary>What served before serves again.</summary>
    public void Restore(UserFunction function, FunctionDeployment deployment)
    {
        (function.ActiveVersion, function.ActiveDeploymentId, function.DeployedRevision) = (deployment.PreviousVersion, deployment.PreviousDeploymentId, null);
        function.Touch(clock.GetUtcNow());
    }

    /// <summary>Tells this node that something has changed.</summary>
    public void Tell(Guid functionId) => changes.Tell(functionId);
}
