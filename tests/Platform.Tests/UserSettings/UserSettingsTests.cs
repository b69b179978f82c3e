using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Events;
using Platform.Identity;
using Platform.Organizations;
using Platform.Tests.Admin;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;
using Platform.UserSettings;

namespace Platform.Tests.UserSettings;

/// <summary>A user's settings through HTTP (executions.md §2.13, §3.6).</summary>
public sealed class UserSettingsTests(UserSettingsTests.Apps apps) : IClassFixture<UserSettingsTests.Apps>
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Get_NeverChanged_ShowsTheDefaults(Db db)
    {
        var settings = await apps.NewAsync(db);
        var shown = await settings.GetAsync();

        Assert.Equal((settings.User.Id, "auto", "UTC", "YYYY-MM-DD", "24h", 1), (
            shown.GetProperty("user_id").GetGuid(), shown.Text("theme"), shown.Text("timezone"), shown.Text("date_format"), shown.Text("time_format"), SettingsClient.Version(shown)));
        Assert.Equal("""{"execution_completed":true,"execution_failed":true,"system_updates":true,"security_alerts":true,"channels":["in_app"]}""", shown.GetProperty("notifications").GetRawText());
        Assert.Equal(
            """{"theme":"one-dark","font_size":14,"tab_size":4,"use_tabs":false,"word_wrap":true,"show_line_numbers":true,"font_family":"Monaco, Consolas, 'Courier New', monospace","auto_complete":true,"bracket_matching":true,"highlight_active_line":true,"default_language":"python"}""",
            shown.GetProperty("editor").GetRawText());
        Assert.Equal("{}", shown.GetProperty("custom_settings").GetRawText());
        Assert.Equal(SettingsClient.UpdatedAt(shown), shown.GetProperty("created_at").GetDateTimeOffset());
        Assert.Null(await settings.SnapshotAsync());
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Changes_OfEachGroup_StoreTheirEvents(Db db)
    {
        var settings = await apps.NewAsync(db);
        await settings.PutAsync("/theme", new { theme = "dark" });
        await settings.PutAsync("/notifications", new { execution_completed = false, channels = new[] { "in_app", "slack" } });
        await settings.PutAsync("/editor", new { font_size = 20, font_family = "ignored", default_language = "ruby" });
        await settings.PutAsync("/custom/panel.left-1", new { open = true, width = 1.5 });
        await settings.PutAsync("/", new { timezone = "Europe/Berlin", time_format = "12h" });
        var shown = await settings.PutAsync("", new { theme = "light", timezone = (string?)null });

        Assert.Equal(("light", "Europe/Berlin", "12h", 7), (shown.Text("theme"), shown.Text("timezone"), shown.Text("time_format"), SettingsClient.Version(shown)));
        Assert.Equal((20, "python", 4), (shown.GetProperty("editor").GetProperty("font_size").GetInt32(), shown.GetProperty("editor").Text("default_language"), shown.GetProperty("editor").GetProperty("tab_size").GetInt32()));
        Assert.True(shown.GetProperty("notifications").GetProperty("security_alerts").GetBoolean());
        Assert.Equal(1.5, shown.GetProperty("custom_settings").GetProperty("panel.left-1").GetProperty("width").GetDouble());
        Assert.Equal(shown.GetRawText(), (await settings.GetAsync()).GetRawText());

        var events = await settings.EventsAsync();
        Assert.Equal(
            ["user_theme_changed", "user_notification_settings_updated", "user_editor_settings_updated", "user_settings_updated", "user_settings_updated", "user_theme_changed"],
            events.Select(stored => stored.EventType));
        Assert.All(events, stored => Assert.Equal((settings.User.Id, "user_settings_events", $"user_settings_{settings.User.Id}"), (stored.UserId, stored.Topic, stored.AggregateId)));
        var first = events[0].ReadPayload<JsonElement>();
        Assert.Equal((settings.User.Id, "User changed theme"), (first.GetProperty("user_id").GetGuid(), first.Text("reason")));
        var change = Assert.Single(first.GetProperty("changes").EnumerateArray());
        Assert.Equal(("theme", "auto", "dark", "User changed theme"), (change.Text("field_path"), change.Text("old_value"), change.Text("new_value"), change.Text("change_reason")));
        Assert.Equal("dark", first.GetProperty("new_values").Text("theme"));
        Assert.Equal("Custom setting 'panel.left-1' updated", events[3].ReadPayload<JsonElement>().Text("reason"));
        Assert.Equal(["timezone", "time_format"], events[4].ReadPayload<JsonElement>().GetProperty("changes").EnumerateArray().Select(found => found.Text("field_path")));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Change_WithoutADifference_StoresNothing(Db db)
    {
        var settings = await apps.NewAsync(db);
        Assert.Equal(1, SettingsClient.Version(await settings.PutAsync("/theme", new { theme = "auto" })));
        await settings.PutAsync("/custom/a", new { x = 1, y = new[] { 1, 2 } });
        var again = await settings.PutAsync("/custom/a", JsonSerializer.Deserialize<JsonElement>("""{ "y" : [1, 2], "x" : 1 }"""));
        Assert.Equal(2, SettingsClient.Version(again));
        Assert.Equal(2, SettingsClient.Version(await settings.PutAsync("", new { })));
        Assert.Single(await settings.EventsAsync());
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task TwelveChanges_SnapshotFoldRestoreAndHistory(Db db)
    {
        var settings = await apps.NewAsync(db);
        var states = new List<JsonElement> { await settings.GetAsync() };
        for (var i = 1; i <= 12; i++)
        {
            var changed = (i % 4) switch
            {
                0 => settings.PutAsync("/editor", new { font_size = 8 + i }),
                1 => settings.PutAsync("/theme", new { theme = i % 8 == 1 ? "dark" : "light" }),
                2 => settings.PutAsync($"/custom/key-{i}", new { value = i }),
                _ => settings.PutAsync("", new { custom_settings = new Dictionary<string, object> { [$"only-{i}"] = new { } }, date_format = i == 3 ? "DD.MM.YYYY" : "MM/DD/YYYY" }),
            };
            states.Add(await changed);
        }

        Assert.Equal(Enumerable.Range(1, 13).Select(version => (long)version), states.Select(SettingsClient.Version));
        var snapshot = (await settings.SnapshotAsync())!;
        Assert.Equal((13, 11), (snapshot.Version, snapshot.SnapshotVersion));
        var fold = SettingsFold.Apply(new SettingsDocument(), (await settings.EventsAsync()).Select(SettingsEventPayload.Of).SelectMany(payload => payload.Changes));
        Assert.Empty(SettingsFold.Between(fold, (await FindAsync(db, settings)).Settings, default, null));

        var restored = await settings.RestoreAsync(SettingsClient.UpdatedAt(states[5]), "back to five");
        Assert.Equal(SettingsClient.Content(states[5]), SettingsClient.Content(restored));
        Assert.Equal(14, SettingsClient.Version(restored));
        Assert.Equal(14, (await settings.SnapshotAsync())!.SnapshotVersion);
        Assert.Equal(restored.GetRawText(), (await settings.GetAsync()).GetRawText());
        var last = (await settings.EventsAsync())[^1].ReadPayload<JsonElement>();
        Assert.Equal(("restored", "back to five"), (last.Text("action"), last.Text("reason")));
        Assert.Equal(SettingsClient.UpdatedAt(states[5]), last.GetProperty("restored_to").GetDateTimeOffset());

        var back = await settings.RestoreAsync(SettingsClient.UpdatedAt(states[12]));   // a restoration can be undone too
        Assert.Equal(SettingsClient.Content(states[12]), SettingsClient.Content(back));
        Assert.Equal(SettingsClient.Content(states[0]), SettingsClient.Content(await settings.RestoreAsync(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero))));

        var history = await settings.HistoryAsync("?limit=200");
        var oldest = history[^1];
        Assert.Equal(("user_theme_changed", "theme", "auto", "dark", "User changed theme"), (oldest.Text("event_type"), oldest.Text("field"), oldest.Text("old_value"), oldest.Text("new_value"), oldest.Text("reason")));
        Assert.Equal(SettingsClient.UpdatedAt(states[1]), oldest.GetProperty("timestamp").GetDateTimeOffset());
        Assert.Equal(history.Select(row => row.GetProperty("timestamp").GetDateTimeOffset()).OrderDescending(), history.Select(row => row.GetProperty("timestamp").GetDateTimeOffset()));
        Assert.Equal("back to five", history.First(row => row.GetProperty("timestamp").GetDateTimeOffset() == SettingsClient.UpdatedAt(restored)).Text("reason"));
        Assert.Equal(history.Take(3).Select(row => row.GetRawText()), (await settings.HistoryAsync("?limit=3")).Select(row => row.GetRawText()));
        var (_, page) = await settings.User.Client.GetAsync($"{SettingsClient.Path}/history?limit=3", HttpStatusCode.OK);
        Assert.Equal(history.Count, page.GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData("", """{"theme":"blue"}""")]
    [InlineData("", """{"timezone":"Mars/Olympus"}""")]
    [InlineData("", """{"timezone":"../etc/passwd"}""")]
    [InlineData("", """{"timezone":"Eastern Standard Time"}""")]
    [InlineData("", """{"timezone":"posixrules"}""")]
    [InlineData("", """{"date_format":"YY"}""")]
    [InlineData("", """{"time_format":"24"}""")]
    [InlineData("", """{"editor":{"font_size":7}}""")]
    [InlineData("", """{"custom_settings":{"a key":{}}}""")]
    [InlineData("", """{"custom_settings":{"a":1}}""")]
    [InlineData("", """{"custom_settings":[]}""")]
    [InlineData("/theme", """{}""")]
    [InlineData("/theme", """{"theme":null}""")]
    [InlineData("/notifications", """{"channels":["pigeon"]}""")]
    [InlineData("/notifications", """{"execution_failed":"yes"}""")]
    [InlineData("/editor", """{"font_size":33}""")]
    [InlineData("/editor", """{"tab_size":3}""")]
    [InlineData("/editor", """{"theme":""}""")]
    [InlineData("/custom/a%20key", """{}""")]
    [InlineData("/custom/12345678901234567890123456789012345678901234567890123456789012345", """{}""")]
    [InlineData("/custom/a", """[]""")]
    [InlineData("/custom/a", """7""")]
    [InlineData("/custom/a", """{"x":1e999}""")]
    public async Task Put_Unfit_Is422AndChangesNothing(string part, string body)
    {
        var settings = await apps.NewAsync(Db.Sqlite);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await settings.TryPutAsync(part, JsonSerializer.Deserialize<JsonElement>(body)));
        Assert.Empty(await settings.EventsAsync());
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Custom_LimitsOfKeysSizeAndDepth_AreHeld(Db db)
    {
        var settings = await apps.NewAsync(db);
        await settings.PutAsync("", new { custom_settings = Enumerable.Range(0, 100).ToDictionary(i => $"k{i}", _ => new { }) });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await settings.TryPutAsync("/custom/k100", new { }));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await settings.TryPutAsync("", new { custom_settings = Enumerable.Range(0, 101).ToDictionary(i => $"k{i}", _ => new { }) }));
        await settings.PutAsync("/custom/k0", new { text = new string('é', 8000) });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await settings.TryPutAsync("/custom/k0", new { text = new string('é', 8200) }));
        await settings.PutAsync("/custom/k1", Nested(32));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await settings.TryPutAsync("/custom/k1", Nested(33)));
        Assert.Equal(8000, (await settings.GetAsync()).GetProperty("custom_settings").GetProperty("k0").Text("text").Length);

        static JsonElement Nested(int depth) => JsonSerializer.Deserialize<JsonElement>(string.Concat(Enumerable.Repeat("{\"a\":", depth - 1)) + "{}" + new string('}', depth - 1));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Restore_TheFuture_Is422(Db db)
    {
        var settings = await apps.NewAsync(db);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await settings.TryRestoreAsync(DateTimeOffset.UtcNow.AddMinutes(1))).Status);
        await settings.PutAsync("/theme", new { theme = "dark" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await settings.TryRestoreAsync(DateTimeOffset.UtcNow.AddMinutes(1))).Status);
        Assert.Equal(2, SettingsClient.Version(await settings.RestoreAsync(SettingsClient.UpdatedAt(await settings.GetAsync()))));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task ManyChanges_AtOnce_LoseNone(Db db)
    {
        var settings = await apps.NewAsync(db);
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => settings.TryPutAsync($"/custom/key-{i}", new { i })));

        Assert.All(answers, status => Assert.Contains(status, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.Conflict]));
        var shown = await settings.GetAsync();
        var stored = answers.Count(status => status == HttpStatusCode.OK);
        Assert.True(stored > 0);
        Assert.Equal(stored, shown.GetProperty("custom_settings").EnumerateObject().Count());
        Assert.Equal(stored + 1, SettingsClient.Version(shown));
        Assert.Equal(Enumerable.Range(2, stored).Select(version => (long)version), (await settings.EventsAsync()).Select(SettingsEventPayload.Of).Select(payload => payload.Version));
        Assert.Equal(stored, (await settings.EventsAsync()).Select(found => found.Timestamp).Distinct().Count());
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Token_OfAnotherOrganization_SeesTheSameSettings(Db db)
    {
        var app = await apps.GetAsync(db);
        var (settings, host) = (await apps.NewAsync(db), await app.CreateUserAsync());
        await settings.PutAsync("/theme", new { theme = "dark" });
        await app.JoinAsync(settings.User, host, OrganizationRole.Member);
        var token = await Contract.AccessTokens.OfAsync(settings.User, Permissions.UserSettingsRead, Permissions.UserSettingsWrite);
        using var client = app.WithToken(token!);

        Assert.Equal("dark", (await client.GetAsync(SettingsClient.Path, HttpStatusCode.OK)).Body.Text("theme"));
        await client.CallAsync(HttpMethod.Put, $"{SettingsClient.Path}/custom/a", new { }, HttpStatusCode.OK);
        Assert.Equal(("dark", 3), ((await settings.GetAsync()).Text("theme"), SettingsClient.Version(await settings.GetAsync())));
        Assert.Equal(2, (await settings.HistoryAsync()).Count);
        Assert.Equal("auto", (await new SettingsClient(app, host).GetAsync()).Text("theme"));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Fold_ForeignAndReplayedEventsBesideTheStream_AreLeftOut(Db db)
    {
        var app = await apps.GetAsync(db);
        var settings = await apps.NewAsync(db);
        await settings.PutAsync("/theme", new { theme = "dark" });
        await settings.PutAsync("/theme", new { theme = "light" });
        var first = (await settings.EventsAsync())[0];
        await app.WithDatabaseAsync(async rows =>
        {
            rows.Raise(Copy(first, UserSettingsEvent.Origin, new() { ["replayed"] = JsonSerializer.SerializeToElement(true) }));
            rows.Raise(Copy(first, "api", extra: null));
            return await rows.SaveChangesAsync();
        });
        app.Services.GetRequiredService<UserSettingsCache>().Drop(settings.User.Id);

        Assert.Equal("light", (await settings.GetAsync()).Text("theme"));
        Assert.Equal(2, (await settings.HistoryAsync()).Count);
        Assert.Equal("dark", (await settings.RestoreAsync(first.Timestamp)).Text("theme"));

        static EventDraft Copy(PlatformEvent stored, string service, Dictionary<string, JsonElement>? extra) => new()
        {
            EventType = stored.EventType,
            Topic = stored.Topic,
            AggregateId = stored.AggregateId,
            Payload = stored.Payload,
            UserId = stored.UserId,
            ServiceName = service,
            Extra = extra,
        };
    }

    private async Task<VersionedSettings> FindAsync(Db db, SettingsClient settings)
    {
        await using var scope = (await apps.GetAsync(db)).As(Caller.Platform);
        return (await scope.ServiceProvider.GetRequiredService<UserSettingsQueries>().FindAsync(settings.User.Id, CancellationToken.None))!;
    }

    /// <summary>One app per database for all tests of the class.</summary>
    public sealed class Apps : IAsyncLifetime
    {
        private readonly PerDatabase<PlatformApp> _apps = new(db => PlatformApp.StartAsync(db));

        public Task InitializeAsync() => Task.CompletedTask;

        public async Task DisposeAsync() => await _apps.DisposeAsync();

        internal Task<PlatformApp> GetAsync(Db db) => _apps.GetAsync(db);

        internal async Task<SettingsClient> NewAsync(Db db) => await SettingsClient.NewAsync(await GetAsync(db));
    }
}
