using Microsoft.Playwright;

using Platform.Tests.Fixtures;

namespace Platform.Tests.Executions;

/// <summary>A person at the page, in a real browser. Leaves pictures in artifacts/screenshots.</summary>
public sealed class ExecutionBrowserTests : IAsyncLifetime
{
    private readonly List<string> _complaints = [];
    private PlatformApp _app = null!;
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;
    private Microsoft.Playwright.IPage _page = null!;

    public async Task InitializeAsync()
    {
        _app = await PlatformApp.StartAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox"] }); // as root, in a container
        _page = await _browser.NewPageAsync(new() { ViewportSize = new() { Width = 1200, Height = 1000 } });
        _page.PageError += (_, error) => _complaints.Add(error);
        _page.Console += (_, message) =>
        {
            if (message.Type == "error" && !message.Text.Contains("401", StringComparison.Ordinal)) // the answer that is the sign-in
                _complaints.Add(message.Text);
        };
    }

    public async Task DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Person_SignsInRunsWatchesCancelsAndFilters()
    {
        var user = await _app.CreateUserAsync();
        await SignInAsync(user);

        // Output comes while the script runs: it goes on only when it is cancelled.
        await _page.FillAsync("#script", "import time\nwhile True:\n    print('<b>early</b>', flush=True)\n    time.sleep(0.2)");
        await _page.ClickAsync("#run");
        await Assertions.Expect(_page.Locator("#status")).ToHaveTextAsync("running", Patiently);
        await Assertions.Expect(_page.Locator("#output")).ToContainTextAsync("<b>early</b>", new() { Timeout = 60_000 });
        await PictureAsync("running");
        await _page.ClickAsync("#cancel");
        await Assertions.Expect(_page.Locator("#status")).ToHaveTextAsync("cancelled", Patiently);
        await Assertions.Expect(_page.Locator("#cancel")).ToBeHiddenAsync();
        await Assertions.Expect(_page.Locator("#history tbody tr")).ToHaveCountAsync(1);

        // Another one, with a key, to its end.
        await _page.FillAsync("#script", "print(6 * 7)\nraise ValueError('no')");
        await _page.PressAsync("#script", "Control+Enter");
        await Assertions.Expect(_page.Locator("#status")).ToHaveTextAsync("failed", Patiently);
        Assert.Equal("42\n", await _page.TextContentAsync("#output"));
        Assert.Contains("ValueError: no", await _page.TextContentAsync("#errors"), StringComparison.Ordinal);
        Assert.Contains("exit code 1", await _page.TextContentAsync("#details"), StringComparison.Ordinal);
        await Assertions.Expect(_page.Locator("#history tbody tr")).ToHaveCountAsync(2);
        await Assertions.Expect(_page.Locator("#history tbody .status.failed")).ToHaveCountAsync(1);
        await PictureAsync("failed");

        // What is in the address can be opened again.
        await _page.ReloadAsync();
        Assert.Equal("42\n", await _page.TextContentAsync("#output"));
        Assert.Equal("print(6 * 7)\nraise ValueError('no')", await _page.InputValueAsync("#script"));

        await _page.SelectOptionAsync("#filters select[name=status]", "cancelled");
        await _page.ClickAsync("#filters button");
        await Assertions.Expect(_page.Locator("#history tbody tr")).ToHaveCountAsync(1);
        Assert.Contains("status=cancelled", _page.Url, StringComparison.Ordinal);
        await PictureAsync("history");
        Assert.Empty(_complaints);
    }

    [Fact]
    public async Task Person_ChoosesALanguage_AndIsToldWhatIsWrong()
    {
        await SignInAsync(await _app.CreateUserAsync());
        await _page.SelectOptionAsync("select[name=runtime]", "bash 5.2");
        await _page.ClickAsync("#example");
        await Assertions.Expect(_page.Locator("#script")).Not.ToHaveValueAsync("print('Hello')");
        await _page.ClickAsync("#run");
        await Assertions.Expect(_page.Locator("#status")).ToHaveTextAsync("completed", Patiently);
        await Assertions.Expect(_page.Locator("#history tbody td:nth-child(2)")).ToHaveTextAsync("bash 5.2");

        await _page.EvaluateAsync("() => { document.querySelector('select[name=runtime]').options[0].value = 'cobol 60'; document.querySelector('select[name=runtime]').selectedIndex = 0; }");
        await _page.ClickAsync("#run");
        await Assertions.Expect(_page.Locator("#refusal")).ToContainTextAsync("Language 'cobol' not supported");
        await PictureAsync("refused");
    }

    [Fact]
    public async Task Person_SignsOut_AndMustSignInAgain()
    {
        await SignInAsync(await _app.CreateUserAsync());
        await _page.ClickAsync("#sign-out");
        await Assertions.Expect(_page.Locator("form.sign-in")).ToBeVisibleAsync();
        Assert.Empty(await _page.Context.CookiesAsync());
    }

    private static LocatorAssertionsToHaveTextOptions Patiently => new() { Timeout = 60_000 };

    private async Task SignInAsync(TestUser user)
    {
        await _page.GotoAsync(new Uri(_app.BaseAddress, "/executions").ToString());
        await _page.FillAsync("input[name=username]", user.Username);
        await _page.FillAsync("input[name=password]", PlatformApp.Password);
        await PictureAsync("sign-in");
        await _page.ClickAsync("form.sign-in button");
        await Assertions.Expect(_page.Locator("#editor")).ToBeVisibleAsync();
    }

    private async Task PictureAsync(string name) => await _page.ScreenshotAsync(new() { Path = RepositoryFiles.PathOf("artifacts", "screenshots", $"executions-{name}.png"), FullPage = true });
}
