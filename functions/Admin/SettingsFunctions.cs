using Microsoft.AspNetCore.Http;
using Platform.Settings;

namespace Platform.Functions.Admin;

/// <summary>The platform's settings document, as the executions family shows it.</summary>
[Api(Family.Executions)]
public sealed class SettingsFunctions(SystemSettingsService settings)
{
    /// <summary>The settings in force.</summary>
    [Function("AdminSettings_Get")]
    [Operation(Permissions.PlatformSettings, Rate.Admin)]
    public async Task<Result<SystemSettings>> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/admin/settings")] HttpRequest http, CancellationToken ct) => await settings.ReadAsync(ct);

    /// <summary>Replace the settings; groups and fields left out take their defaults. In force at once.</summary>
    [Function("AdminSettings_Replace")]
    [Operation(Permissions.PlatformSettings, Rate.Admin, Body = typeof(SystemSettings), Audit = "system_settings.update")]
    public async Task<Result<SystemSettings>> ReplaceAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/v1/admin/settings")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<SystemSettings>(ct);
        return body.IsOk ? await settings.ReplaceAsync(body.Value, ct) : body.Error;
    }

    /// <summary>Bring the defaults back: what the configuration says, else the platform's own.</summary>
    [Function("AdminSettings_Reset")]
    [Operation(Permissions.PlatformSettings, Rate.Admin, Audit = "system_settings.reset")]
    public Task<Result<SystemSettings>> ResetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/admin/settings/reset")] HttpRequest http, CancellationToken ct) => settings.ResetAsync(ct);
}
