using Microsoft.AspNetCore.Http;
using Platform.Builds;
using Platform.Functions.Http;
using Platform.Organizations;

namespace Platform.Functions.Builds;

/// <summary>How a project's builds are done.</summary>
[Api(Family.Delivery)]
public sealed class BuildSettingsFunctions(RequestedProject project, BuildConfigs configs, ChangeBuildConfig change, BuildQueries builds)
{
    private const string Route = "api/settings/build";

    /// <summary>Read the build configuration that holds, its defaults, and the commands that the last build found out.</summary>
    [Function("BuildSettings_Get")]
    [Operation(Permissions.SettingsRead, Rate.Default, ObjectFirst = true, Query = typeof(BuildSettingsQuery))]
    public async Task<Result<BuildConfigView>> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest http, CancellationToken ct)
    {
        var query = http.ReadQuery<BuildSettingsQuery>();
        var place = await project.EnterAsync(query.IsOk ? query.Value.ProjectId : null, Permissions.SettingsRead, ct);
        if (!place.IsOk || !query.IsOk)
            return (place.Error ?? query.Error)!;
        return new BuildConfigView(place.Value, await configs.FindAsync(place.Value, ct), await configs.DetectedAsync(place.Value, ct));
    }

    /// <summary>Change the build configuration. Hooks and lists are replaced whole; null brings a default back.</summary>
    [Function("BuildSettings_Update")]
    [Operation(Permissions.SettingsManage, Rate.Default, ObjectFirst = true, Audit = "settings.build_update", Body = typeof(BuildSettingsChange))]
    public async Task<Result<BuildConfigView>> UpdateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = Route)] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<BuildSettingsChange>(ct);
        var place = await project.EnterAsync(body.IsOk ? body.Value.ProjectId : null, Permissions.SettingsManage, ct);
        if (!place.IsOk || !body.IsOk)
            return (place.Error ?? body.Error)!;
        if (await builds.CheckProjectAsync(place.Value, ct) is { } archived)
            return archived;
        var changed = await change.ChangeAsync(place.Value, body.Value, ct);
        return changed.IsOk ? new BuildConfigView(place.Value, changed.Value.Config, await configs.DetectedAsync(place.Value, ct), changed.Value.HookSecret) : changed.Error;
    }
}

/// <summary>Query of <c>GET /api/settings/build</c>.</summary>
public sealed record BuildSettingsQuery
{
    /// <summary>A project of the active organization; absent: the active one.</summary>
    public string? ProjectId { get; init; }
}
