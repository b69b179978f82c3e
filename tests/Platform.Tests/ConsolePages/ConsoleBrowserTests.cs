using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

using Platform.Alerts;
using Platform.Tests.Alerts;
using Platform.Tests.Databases;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;
using Platform.Tests.Metrics;

namespace Platform.Tests.ConsolePages;

/// <summary>A person who walks through the console, in a real browser.</summary>
public sealed class ConsoleBrowserTests(SqliteApp fixture) : IClassFixture<SqliteApp>, IAsyncLifetime
{
    private const string Hostile = "<script>alert(1)</script>\"'&<img src=x onerror=alert(2)>";

    private Browser _browser = null!;

    private PlatformApp App => fixture.App;

    private Microsoft.Playwright.IPage Page => _browser.Page;

    public async Task InitializeAsync() => _browser = await Browser.StartAsync(fixture.App);

    public async Task DisposeAsync() => await _browser.DisposeAsync();

    [Fact]
    public async Task Person_WalksThroughEveryPage()
    {
        var user = await App.CreateUserAsync();
        await FillAsync(user);

        await _browser.SignInAsync(user, "/console");
        await Assertions.Expect(Page.Locator("h1")).ToHaveTextAsync("Projects");
        await _browser.CheckAccessAsync();
        await _browser.FollowAsync("Default", "Overview");
        await Assertions.Expect(Page.Locator(".card")).ToHaveCountAsync(8);
        await _browser.PictureAsync("overview");
        await _browser.FollowAsync("7d", "Overview");
        await _browser.FollowAsync("Databases", "Databases");
        await _browser.FollowAsync("shop", "shop");
        await _browser.FollowAsync("orders", "shop");
        await Assertions.Expect(Page.Locator("#table caption").First).ToHaveTextAsync("Columns of orders");
        await _browser.PictureAsync("database");
        await _browser.FollowAsync("Alerts", "Alerts");
        await _browser.FollowAsync("Slow checkout", "Slow checkout");
        await Assertions.Expect(Page.Locator("figure.chart svg .threshold")).ToHaveCountAsync(1);
        await _browser.PictureAsync("alert");
        await _browser.FollowAsync("Webhooks", "Webhooks");
        await _browser.FollowAsync("hook", "hook");
        await _browser.FollowAsync("Metrics", "Metrics");
        await _browser.FollowAsync("checkout.duration", "Metrics");
        await Assertions.Expect(Page.Locator("figure.chart svg [class=c0]").First).ToBeVisibleAsync();
        await Page.SelectOptionAsync("select[name=agg]", "p95");
        await Page.FillAsync("input[name=tag]", "region");
        await Page.ClickAsync("main form button");
        await Assertions.Expect(Page.Locator(".legend li")).ToHaveCountAsync(2);
        await _browser.CheckAccessAsync();
        await _browser.PictureAsync("metrics");
        _browser.NoComplaints();
    }

    [Fact]
    public async Task Pages_InTheDarkAndOnASmallScreen_AreReadable()
    {
        var user = await App.CreateUserAsync();
        await FillAsync(user);
        await Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await Page.SetViewportSizeAsync(390, 800);
        var project = $"/console/projects/{(await App.PlaceOfAsync(user)).ProjectId}";
        await _browser.SignInAsync(user, project);

        foreach (var path in new[] { "", "/databases", "/alerts", "/webhooks", "/metrics?name=checkout.duration" })
        {
            await _browser.GoAsync(project + path);
            await _browser.CheckAccessAsync();
            Assert.True(await Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), $"{path} is wider than the screen");
        }

        await _browser.PictureAsync("dark");
        _browser.NoComplaints();
    }

    [Fact]
    public async Task Person_RunsQueries()
    {
        var user = await App.CreateUserAsync();
        var id = await new DatabaseClient(user).CreatedAsync("shop", "CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT)");
        await _browser.SignInAsync(user, $"/console/projects/{(await App.PlaceOfAsync(user)).ProjectId}/databases/{id}");

        await RunAsync("INSERT INTO orders (note) VALUES ('<b>bold</b>'), (NULL)");
        await Assertions.Expect(Page.Locator("#query-status")).ToContainTextAsync("not"); // reads only, until the box is ticked
        await Page.CheckAsync("#query input[name=writes]");
        await RunAsync("INSERT INTO orders (note) VALUES ('<b>bold</b>'), (NULL)");
        await Assertions.Expect(Page.Locator("#query-status")).ToContainTextAsync("2 changed");
        await Page.FillAsync("#sql", "SELECT note FROM orders ORDER BY id");
        await Page.PressAsync("#sql", "Control+Enter");

        await Assertions.Expect(Page.Locator("#query-result td")).ToHaveTextAsync(["<b>bold</b>", "NULL"]);
        await Assertions.Expect(Page.Locator("#query-result th")).ToHaveTextAsync(["note"]);
        await _browser.CheckAccessAsync();
        await _browser.PictureAsync("query");
    }

    [Fact]
    public async Task Person_MutesAndResolvesAnAlert()
    {
        var user = await App.CreateUserAsync();
        var id = await new AlertClient(user.Client).CreatedIdAsync(new { name = "Always", expression = "count(nothing[5m]) == 0" });
        await App.Services.GetRequiredService<EvaluateAlerts>().RunDueAsync(CancellationToken.None);
        await _browser.SignInAsync(user, $"/console/projects/{(await App.PlaceOfAsync(user)).ProjectId}/alerts/{id}");

        await Assertions.Expect(Page.Locator("main .status").First).ToHaveTextAsync("firing");
        await Page.ClickAsync("text=Mute for 8 hours");
        await Assertions.Expect(Page.Locator("main .status.muted")).ToBeVisibleAsync();
        await Page.ClickAsync("text=Unmute");
        await Assertions.Expect(Page.Locator("main .status.muted")).ToHaveCountAsync(0);
        await Page.ClickAsync("text=Resolve");
        await Assertions.Expect(Page.Locator("main .status").First).ToHaveTextAsync("ok");

        await Assertions.Expect(Page.Locator("main section:last-of-type > .wide tbody tr")).ToHaveCountAsync(1);
        Assert.Equal("ok", AlertClient.Text(await new AlertClient(user.Client).FindAsync(id), "state"));
        _browser.NoComplaints();
    }

    [Fact]
    public async Task Names_OfHostileForm_StayText()
    {
        var user = await App.CreateUserAsync();
        var alert = await new AlertClient(user.Client).CreatedIdAsync(new { name = Hostile, description = Hostile, expression = "avg(x{a=\"<b>\"}[5m]) > 1" });
        using var hook = await user.Client.PostAsJsonAsync("/api/dev/webhooks", new { name = Hostile, url = "https://93.184.216.34/hook", events = new[] { "build.*" } });
        Assert.True(hook.IsSuccessStatusCode);
        var database = await new DatabaseClient(user).CreatedAsync("main", """CREATE TABLE "<script>alert(3)</script>" ("<i>" TEXT); INSERT INTO "<script>alert(3)</script>" VALUES ('<script>alert(4)</script>')""");
        await new MetricClient(user.Client).RecordAllAsync([new { name = "m", value = 1, tags = new { tag = Hostile } }]);
        var project = $"/console/projects/{(await App.PlaceOfAsync(user)).ProjectId}";
        await _browser.SignInAsync(user, project);

        foreach (var path in new[]
                 {
                     "", "/alerts", $"/alerts/{alert}", "/webhooks", $"/databases/{database}", $"/databases/{database}?table={Uri.EscapeDataString("<script>alert(3)</script>")}",
                     "/metrics?name=m&tag=tag", $"/metrics?name={Uri.EscapeDataString(Hostile)}", $"/databases/{database}?table={Uri.EscapeDataString(Hostile)}",
                 })
        {
            await _browser.GoAsync(project + path);
            Assert.Equal(1, await Page.Locator("script").CountAsync());
            Assert.Equal(0, await Page.Locator("main img, main i, main b, main script").CountAsync());
            await _browser.CheckAccessAsync();
        }

        await _browser.GoAsync($"{project}/alerts/{alert}");
        await Assertions.Expect(Page.Locator("h1")).ToHaveTextAsync(Hostile);
    }

    [Fact]
    public async Task Person_SignsOut()
    {
        await _browser.SignInAsync(await App.CreateUserAsync(), "/console");
        await Page.ClickAsync("#sign-out");
        await Assertions.Expect(Page.Locator("form.sign-in")).ToBeVisibleAsync();
        Assert.Empty(await Page.Context.CookiesAsync());
    }

    private async Task RunAsync(string sql)
    {
        await Page.FillAsync("#sql", sql);
        await Page.ClickAsync("#query button");
    }

    private static async Task FillAsync(TestUser user)
    {
        await new DatabaseClient(user).CreatedAsync("shop", "CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT); CREATE INDEX by_note ON orders (note)");
        var alerts = new AlertClient(user.Client);
        await alerts.CreatedIdAsync(new { name = "Slow checkout", expression = "avg(checkout.duration[5m]) > 250", severity = "critical" });
        using var hook = await user.Client.PostAsJsonAsync("/api/dev/webhooks", new { name = "hook", url = "https://93.184.216.34/hook", events = new[] { "build.*" } });
        Assert.True(hook.IsSuccessStatusCode);
        var start = DateTimeOffset.UtcNow.AddHours(-1);
        await new MetricClient(user.Client).RecordAllAsync(Enumerable.Range(0, 60).Select(minute => new
        {
            name = "checkout.duration",
            value = 200 + (100 * Math.Sin(minute / 5.0)),
            tags = new { region = minute % 2 == 0 ? "eu" : "us" },
            timestamp = MetricClient.At(start.AddMinutes(minute)),
        }));
    }
}
