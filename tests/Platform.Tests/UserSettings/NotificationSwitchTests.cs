using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Platform.Tests.Admin;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.UserSettings;

/// <summary>The switches of the settings decide what a user is told of.</summary>
public sealed class NotificationSwitchTests
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Execution_OfATypeThatIsSwitchedOff_IsNotTold(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var settings = await SettingsClient.NewAsync(app);
        await settings.PutAsync("/notifications", new { execution_completed = false });
        await RunAsync(settings.User, "print(1)");
        await RunAsync(settings.User, "raise SystemExit(3)");   // its notification comes behind the first, if there were one
        await Until.TrueAsync(async () => (await TypesAsync(settings.User)).Contains("execution_failed"), "the failure is told");
        Assert.Equal(["execution_failed"], await TypesAsync(settings.User));

        await settings.PutAsync("/notifications", new { execution_completed = true });
        await RunAsync(settings.User, "print(1)");
        await Until.TrueAsync(async () => (await TypesAsync(settings.User)).Contains("execution_completed"), "the success is told");
    }

    private static async Task RunAsync(TestUser user, string script)
    {
        var answer = await user.Client.PostAsJsonAsync("/api/v1/execute?wait=30", new { script });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task<List<string>> TypesAsync(TestUser user) =>
        [.. (await user.Client.GetFromJsonAsync<JsonElement>("/api/v1/notifications")).GetProperty("notifications").EnumerateArray().Select(told => told.Text("notification_type"))];
}
