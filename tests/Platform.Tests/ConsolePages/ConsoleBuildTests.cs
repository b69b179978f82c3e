using Microsoft.Playwright;

using Platform.Tests.Builds;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;

namespace Platform.Tests.ConsolePages;

/// <summary>A person who watches builds in the console. The builds are external ones, so that the test says what happens when.</summary>
public sealed class ConsoleBuildTests(SqliteApp fixture) : IClassFixture<SqliteApp>, IAsyncLifetime
{
    private const string Hostile = "<script>alert(1)</script>";

    private Browser _browser = null!;

    private Microsoft.Playwright.IPage Page => _browser.Page;

    public async Task InitializeAsync() => _browser = await Browser.StartAsync(fixture.App);

    public async Task DisposeAsync() => await _browser.DisposeAsync();

    [Fact]
    public async Task Person_FollowsABuildToItsEnd()
    {
        var user = await fixture.App.CreateUserAsync();
        var builds = await BuildClient.OfAsync(fixture.App, user);
        var id = await CreateAsync(builds);
        await builds.StatusAsync(id, new { status = "running" });
        await builds.LogAsync(id, new { message = "\u001b[32mearly\u001b[0m line" });
        await _browser.SignInAsync(user, $"/console/projects/{builds.Project}");
        await _browser.FollowAsync("Builds", "Builds");
        await _browser.FollowAsync("#1", "Build #1");
        await Assertions.Expect(Page.Locator("#log")).ToHaveTextAsync("early line");

        var step = (await builds.AddStepAsync(id, new { name = $"compile {Hostile}", kind = "build", status = "running" })).Ok(System.Net.HttpStatusCode.Created).Data.GetProperty("id").GetGuid();
        await builds.LogAsync(id, new { lines = new object[] { new { message = Hostile, stepId = step }, new { message = "second", stepId = step, stream = "stderr" } } });

        await Assertions.Expect(Page.Locator("#log")).ToContainTextAsync("second", Patiently);
        await Assertions.Expect(Page.Locator("#log")).ToContainTextAsync(Hostile);
        await Assertions.Expect(Page.Locator("#steps td").First).ToHaveTextAsync($"compile {Hostile}", new() { Timeout = 30_000 });
        await _browser.PictureAsync("build-running");

        await builds.StatusAsync(id, new { status = "failed", failure = new { message = Hostile } });
        await Assertions.Expect(Page.Locator("#facts .status")).ToHaveTextAsync("failed", new() { Timeout = 30_000 });
        await Assertions.Expect(Page.Locator("#log .stderr")).ToHaveTextAsync("second");
        Assert.Equal(1, await Page.Locator("script").CountAsync());
        await _browser.CheckAccessAsync();
        await _browser.PictureAsync("build");
        _browser.NoComplaints();
    }

    [Fact]
    public async Task Person_CancelsABuild()
    {
        var user = await fixture.App.CreateUserAsync();
        var builds = await BuildClient.OfAsync(fixture.App, user);
        var id = await CreateAsync(builds);
        await _browser.SignInAsync(user, $"/console/projects/{builds.Project}/builds/{id}");

        await Page.ClickAsync("text=Cancel");

        await Assertions.Expect(Page.Locator("#facts .status")).ToHaveTextAsync("cancelled", new() { Timeout = 30_000 });
        await Assertions.Expect(Page.Locator("text=Try again")).ToBeVisibleAsync();
    }

    private static LocatorAssertionsToContainTextOptions Patiently => new() { Timeout = 30_000 };

    private static Task<Guid> CreateAsync(BuildClient builds) => builds.CreatedAsync(new { executor = "external", branch = "main", commitMessage = Hostile });
}
