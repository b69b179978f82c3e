using Platform.UserFunctions;

namespace Platform.Functions.UserFunctions;

/// <summary>Puts together what answers show of functions.</summary>
public sealed class FunctionDetail(FunctionQueries functions, FunctionStatistics statistics, FunctionCode code, WorkerPools pools, Caller caller)
{
    private const int ShownVersions = 20;

    public async Task<Page<FunctionView>> ListAsync(Guid projectId, FunctionFilter filter, CancellationToken ct)
    {
        var page = await functions.ListAsync(projectId, filter, ct);
        var stats = await statistics.ReadAsync(page.Items, ct);
        return new Page<FunctionView>([.. page.Items.Select(function => FunctionView.Of(function, stats[function.Id]))], page.Total, page.Limit, page.Offset);
    }

    public async Task<Result<FunctionView>> ReadAsync(UserFunction function, bool withCode, CancellationToken ct)
    {
        if (withCode && !caller.CanIn(function.ProjectId, Permissions.FunctionsUpdate))
            return PermissionErrors.Missing(caller, Permissions.FunctionsUpdate);
        var stats = await statistics.ReadAsync([function], ct);
        var versions = await functions.VersionsAsync(function.Id, ShownVersions, ct);
        return FunctionView.Of(function, stats[function.Id]) with
        {
            Versions = [.. versions.Select(VersionView.Of)],
            ActiveDeployment = ViewOf(await functions.DeploymentAsync(function.Id, function.ActiveDeploymentId, ct)),
            LatestDeployment = ViewOf(await functions.DeploymentAsync(function.Id, function.LatestDeploymentId, ct)),
            Pool = FunctionPool.Of(pools, function.Id),
            Files = withCode && versions.Count > 0 ? await code.ReadAsync(versions[0], ct) : null,
        };
    }

    private static DeploymentView? ViewOf(FunctionDeployment? deployment) => deployment is null ? null : DeploymentView.Of(deployment);
}
