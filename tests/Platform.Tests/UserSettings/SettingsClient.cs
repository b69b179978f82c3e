using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

using Platform.Events;
using Platform.Tests.Admin;
using Platform.Tests.Fixtures;
using Platform.UserSettings;

namespace Platform.Tests.UserSettings;

/// <summary>The settings of one user, as his client sees them.</summary>
internal sealed class SettingsClient(PlatformApp app, TestUser user)
{
    public const string Path = "/api/v1/user/settings";

    public TestUser User => user;

    public static async Task<SettingsClient> NewAsync(PlatformApp app) => new(app, await app.CreateUserAsync());

    public async Task<JsonElement> GetAsync() => (await user.Client.GetAsync($"{Path}/", HttpStatusCode.OK)).Body;

    public async Task<JsonElement> PutAsync(string part, object body) => (await user.Client.CallAsync(HttpMethod.Put, Path + part, body, HttpStatusCode.OK)).Body;

    public async Task<HttpStatusCode> TryPutAsync(string part, object body) => (await user.Client.CallAsync(HttpMethod.Put, Path + part, body)).Status;

    public async Task<JsonElement> RestoreAsync(DateTimeOffset to, string? reason = null) =>
        (await user.Client.CallAsync(HttpMethod.Post, $"{Path}/restore", new { timestamp = to, reason }, HttpStatusCode.OK)).Body;

    public async Task<(HttpStatusCode Status, JsonElement Body)> TryRestoreAsync(DateTimeOffset to)
    {
        var answer = await user.Client.PostAsJsonAsync($"{Path}/restore", new { timestamp = to });
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    public async Task<List<JsonElement>> HistoryAsync(string query = "") => [.. (await user.Client.GetAsync($"{Path}/history{query}", HttpStatusCode.OK)).Body.GetProperty("history").EnumerateArray()];

    public Task<List<PlatformEvent>> EventsAsync()
    {
        var aggregate = UserSettingsEvent.AggregateOf(user.Id);
        return app.WithDatabaseAsync(db => db.Events.AsNoTracking().Where(stored => stored.AggregateId == aggregate).OrderBy(stored => stored.RowId).ToListAsync());
    }

    public Task<SettingsSnapshot?> SnapshotAsync() => app.WithDatabaseAsync(db => db.SettingsSnapshots.AsNoTracking().SingleOrDefaultAsync(snapshot => snapshot.UserId == user.Id));

    /// <summary>The settings without what changes with every change.</summary>
    public static string Content(JsonElement settings) => JsonSerializer.Serialize(settings.EnumerateObject()
        .Where(member => member.Name is not ("version" or "updated_at")).ToDictionary(member => member.Name, member => member.Value));

    public static DateTimeOffset UpdatedAt(JsonElement settings) => settings.GetProperty("updated_at").GetDateTimeOffset();

    public static long Version(JsonElement settings) => settings.GetProperty("version").GetInt64();
}
