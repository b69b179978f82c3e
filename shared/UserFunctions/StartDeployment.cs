using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Idempotency;
using Platform.Identity;
using Platform.Workflows;

namespace Platform.UserFunctions;

/// <summary>Stores new deployments and starts the orchestrations that carry them out.</summary>
public sealed class StartDeployment(
    PlatformDbContext db, FunctionQueries functions, IWorkflows workflows, AuditTrail audit, IdempotentRequest idempotency, CallerScope scope, TimeProvider clock)
{
    /// <summary>The deployment in <see cref="DeploymentStatus.Queued"/>.</summary>
    /// <param name="answer">What the caller will be told; kept for repetitions of his request.</param>
    public async Task<Result<FunctionDeployment>> StartAsync(UserFunction function, NewDeployment wanted, Func<FunctionDeployment, object> answer, CancellationToken ct)
    {
        var number = wanted.Version ?? function.LatestVersion;
        if (await functions.VersionAsync(function.Id, number, ct) is not { } version)
            return FunctionErrors.VersionNotFound;
        if (await functions.CheckProjectAsync(function.ProjectId, ct) is { } archived)
            return archived;
        if (await IsLiveAsync(function.Id, ct))
            return FunctionErrors.DeploymentInProgress;
        if (!wanted.Force && function.ActiveVersion == number && function.DeployedRevision == function.ConfigRevision)
            return FunctionErrors.AlreadyActive;
        var deployment = Add(function, version.Number, function.ActiveVersion > number ? DeploymentReason.Rollback : DeploymentReason.Deploy);
        audit.Change("version", function.ActiveVersion, number);
        idempotency.Complete(answer(deployment));
        return await SaveAsync(deployment, ct);
    }

    internal Task<bool> IsLiveAsync(Guid functionId, CancellationToken ct) => db.FunctionDeployments.AnyAsync(
        deployment => deployment.FunctionId == functionId && (deployment.Status == DeploymentStatus.Queued || deployment.Status == DeploymentStatus.Packaging
            || deployment.Status == DeploymentStatus.Probing || deployment.Status == DeploymentStatus.Switching),
        ct);

    /// <summary>Adds a deployment to the unit of work; who saves it meets a unique index when another runs.</summary>
    internal FunctionDeployment Add(UserFunction function, int version, DeploymentReason reason)
    {
        var now = clock.GetUtcNow();
        var deployment = db.Add(new FunctionDeployment
        {
            Id = Guid.CreateVersion7(now),
            OrganizationId = function.OrganizationId,
            ProjectId = function.ProjectId,
            FunctionId = function.Id,
            VersionNumber = version,
            PreviousVersion = function.ActiveVersion,
            ConfigRevision = function.ConfigRevision,
            Reason = reason,
            TriggeredBy = db.Caller.UserId,
            CreatedAt = now,
            UpdatedAt = now,
            Version = 1,
        }).Entity;
        (function.LatestDeploymentId, function.LatestDeploymentStatus) = (deployment.Id, deployment.Status);
        function.Touch(now);
        workflows.Start(FunctionDeploymentRun.Name, FunctionDeploymentRun.InstanceId(deployment.Id), new FunctionDeploymentRun.Input(function.OrganizationId, deployment.Id, scope.CorrelationId));
        return deployment;
    }

    private async Task<Result<FunctionDeployment>> SaveAsync(FunctionDeployment deployment, CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
            return deployment;
        }
        catch (DbUpdateConcurrencyException)
        {
            return FunctionErrors.Stale;
        }
        catch (DbUpdateException fault) when (fault.IsUniqueViolation())
        {
            return FunctionErrors.DeploymentInProgress;
        }
    }
}
