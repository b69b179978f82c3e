using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Platform.UserSettings;

namespace Platform.Functions.UserSettings;

/// <summary>The caller's own settings.</summary>
[Api(Family.Executions)]
public sealed class UserSettingsFunctions(UserSettingsQueries queries, ChangeUserSettings change, RestoreUserSettings restore, Caller caller)
{
    private const string All = "api/v1/user/settings";

    /// <summary>Read one's settings.</summary>
    [Function("UserSettings_Get")]
    [Operation(Permissions.UserSettingsRead, Rate.Api)]
    public async Task<Result<UserSettingsView>> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest http, CancellationToken ct) =>
        await queries.FindAsync(caller.UserId!.Value, ct) is { } settings ? UserSettingsView.Of(settings) : UserSettingsErrors.NotFound;

    /// <summary>Change any part of one's settings; groups and the map of custom settings are replaced as a whole.</summary>
    [Function("UserSettings_Update")]
    [Operation(Permissions.UserSettingsWrite, Rate.Api, Audit = "user_settings.update", Body = typeof(UserSettingsRequest))]
    public async Task<Result<UserSettingsView>> UpdateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = All)] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<UserSettingsRequest>(ct);
        return body.IsOk ? await ChangeAsync(body.Value.ApplyTo, reason: null, ct) : body.Error;
    }

    /// <summary>Change the theme.</summary>
    [Function("UserSettings_UpdateTheme")]
    [Operation(Permissions.UserSettingsWrite, Rate.Api, Audit = "user_settings.update", Body = typeof(ThemeRequest))]
    public async Task<Result<UserSettingsView>> UpdateThemeAsync([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = $"{All}/theme")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<ThemeRequest>(ct);
        return body.IsOk ? await ChangeAsync(settings => settings with { Theme = body.Value.Theme }, "User changed theme", ct) : body.Error;
    }

    /// <summary>Replace what one is told of; members left out take their defaults.</summary>
    [Function("UserSettings_UpdateNotifications")]
    [Operation(Permissions.UserSettingsWrite, Rate.Api, Audit = "user_settings.update", Body = typeof(NotificationSettings))]
    public async Task<Result<UserSettingsView>> UpdateNotificationsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = $"{All}/notifications")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<NotificationSettings>(ct);
        return body.IsOk ? await ChangeAsync(settings => settings with { Notifications = body.Value }, "User updated notification preferences", ct) : body.Error;
    }

    /// <summary>Replace how the editor looks; members left out take their defaults.</summary>
    [Function("UserSettings_UpdateEditor")]
    [Operation(Permissions.UserSettingsWrite, Rate.Api, Audit = "user_settings.update", Body = typeof(EditorSettings))]
    public async Task<Result<UserSettingsView>> UpdateEditorAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = $"{All}/editor")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<EditorSettings>(ct);
        return body.IsOk ? await ChangeAsync(settings => settings with { Editor = body.Value }, "User updated editor settings", ct) : body.Error;
    }

    /// <summary>Keep a JSON object of one's own under a key.</summary>
    [Function("UserSettings_UpdateCustom")]
    [Operation(Permissions.UserSettingsWrite, Rate.Api, Audit = "user_settings.update", Body = typeof(Dictionary<string, JsonElement>))]
    public async Task<Result<UserSettingsView>> UpdateCustomAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = $"{All}/custom/{{key}}")] HttpRequest http, string key, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<Dictionary<string, JsonElement>>(ct);
        var wanted = body.IsOk ? CustomSettingRequests.ToChange(key, body.Value) : body.Error;
        return wanted.IsOk ? UserSettingsView.Of(await change.ChangeAsync(wanted.Value, $"Custom setting '{key}' updated", ct)) : wanted.Error;
    }

    /// <summary>List the changes of one's settings, newest first.</summary>
    [Function("UserSettings_History")]
    [Operation(Permissions.UserSettingsRead, Rate.Api, Query = typeof(SettingsHistoryQuery))]
    public async Task<Result<SettingsHistory>> HistoryAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{All}/history")] HttpRequest http, CancellationToken ct)
    {
        var query = http.ReadQuery<SettingsHistoryQuery>();
        return query.IsOk ? await queries.HistoryAsync(caller.UserId!.Value, query.Value.Limit, ct) : query.Error;
    }

    /// <summary>Bring back one's settings of an earlier time; that can be undone likewise.</summary>
    [Function("UserSettings_Restore")]
    [Operation(Permissions.UserSettingsWrite, Rate.Api, Audit = "user_settings.restore", Body = typeof(RestoreSettingsRequest))]
    public async Task<Result<UserSettingsView>> RestoreAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = $"{All}/restore")] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<RestoreSettingsRequest>(ct);
        return body.IsOk ? UserSettingsView.Of(await restore.RestoreAsync(body.Value.Timestamp, body.Value.Reason, ct)) : body.Error;
    }

    private async Task<Result<UserSettingsView>> ChangeAsync(Func<SettingsDocument, SettingsDocument> apply, string? reason, CancellationToken ct) =>
        UserSettingsView.Of(await change.ChangeAsync(settings => apply(settings), reason, ct));
}
