using System.Net;
using Microsoft.Extensions.DependencyInjection;

using Platform.Events;
using Platform.Tests.Admin;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;
using Platform.UserSettings;

namespace Platform.Tests.UserSettings;

/// <summary>Events expire; settings do not.</summary>
public sealed class UserSettingsRetentionTests
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Settings_OutliveTheirEvents(Db db)
    {
        var clock = new ShiftedClock();
        await using var app = await PlatformApp.StartAsync(db, services => services.AddSingleton<TimeProvider>(clock));
        var settings = await SettingsClient.NewAsync(app);
        var first = await settings.PutAsync("/theme", new { theme = "dark" });
        await settings.PutAsync("/custom/a", new { x = 1 });
        var sweep = app.Services.GetRequiredService<UserSettingsSweep>();
        Assert.Equal(0, await sweep.KeepAsync(CancellationToken.None));

        clock.Advance(TimeSpan.FromDays(46));
        await sweep.KeepAsync(CancellationToken.None);
        Assert.Equal(3, (await settings.SnapshotAsync())!.SnapshotVersion);
        settings = await SignInAgainAsync(app, settings);
        await settings.PutAsync("/editor", new { font_size = 9 });
        clock.Advance(TimeSpan.FromDays(45));
        await app.Services.GetRequiredService<EventSweep>().DeleteExpiredEventsAsync(CancellationToken.None);
        Assert.Single(await settings.EventsAsync());
        app.Services.GetRequiredService<UserSettingsCache>().Drop(settings.User.Id);

        settings = await SignInAgainAsync(app, settings);
        var shown = await settings.GetAsync();
        Assert.Equal(("dark", 9, 4), (shown.Text("theme"), shown.GetProperty("editor").GetProperty("font_size").GetInt32(), SettingsClient.Version(shown)));
        Assert.Equal(1, shown.GetProperty("custom_settings").GetProperty("a").GetProperty("x").GetInt32());
        var (_, history) = await settings.User.Client.GetAsync($"{SettingsClient.Path}/history", HttpStatusCode.OK);
        Assert.Equal((1, "editor"), (history.GetProperty("total").GetInt32(), Assert.Single(history.GetProperty("history").EnumerateArray()).Text("field")));

        var (status, refused) = await settings.TryRestoreAsync(SettingsClient.UpdatedAt(first));   // nobody knows any more what was then
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("has expired", refused.ToString(), StringComparison.Ordinal);
        Assert.Equal(4, SettingsClient.Version(await settings.RestoreAsync(SettingsClient.UpdatedAt(shown))));
    }

    private static async Task<SettingsClient> SignInAgainAsync(PlatformApp app, SettingsClient settings)
    {
        using var form = PlatformApp.LoginForm(settings.User.Username, PlatformApp.Password);
        using var answer = await app.Anonymous.PostAsync("/api/v1/auth/login", form);
        var token = (await answer.JsonAsync()).Text("access_token");
        return new SettingsClient(app, settings.User with { Token = token, Client = app.WithToken(token) });
    }
}
