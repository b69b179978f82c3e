using Microsoft.Playwright;

using Platform.Tests.Executions;
using Platform.Tests.Fixtures;
using Platform.Tests.UserFunctions;

namespace Platform.Tests.ConsolePages;

/// <summary>A person who looks at a function in the console and calls it.</summary>
public sealed class ConsoleUserFunctionTests(SqliteApp fixture) : IClassFixture<SqliteApp>, IAsyncLifetime
{
    private const string Code = "// <script>alert(1)</script>\nexports.handler = (event) => { console.log('<b>hello</b>'); if (event.bad) throw new TypeError('<i>no</i>'); return { sum: event.a + event.b } }";

    private Browser _browser = null!;

    private Microsoft.Playwright.IPage Page => _browser.Page;

    public async Task InitializeAsync() => _browser = await Browser.StartAsync(fixture.App);

    public async Task DisposeAsync() => await _browser.DisposeAsync();

    [Fact]
    public async Task Person_ReadsCallsAndSwitchesOff()
    {
        var user = await fixture.App.CreateUserAsync();
        var functions = new FunctionClient(user.Client, (await fixture.App.PlaceOfAsync(user)).ProjectId);
        var id = await functions.ServingAsync(Code, name: "sum");
        await functions.InvokeAsync(id, new { a = 1, b = 2 });
        await functions.InvokeAsync(id, new { bad = true });
        await _browser.SignInAsync(user, $"/console/projects/{functions.Project}");
        await _browser.FollowAsync("Functions", "Functions");
        await _browser.FollowAsync("sum", "sum");
        await Assertions.Expect(Page.Locator("figure.chart svg")).ToHaveCountAsync(3);
        await Assertions.Expect(Page.GetByText("// <script>alert(1)</script>")).ToBeVisibleAsync();
        await _browser.FollowAsync("1h", "sum");

        await Page.FillAsync("#payload", """{"a": 20, "b": 22}""");
        await Page.PressAsync("#payload", "Control+Enter");
        await Assertions.Expect(Page.Locator("#test-status")).ToContainTextAsync("success", Patiently);
        await Assertions.Expect(Page.Locator("#test-result")).ToContainTextAsync("\"sum\": 42");
        await Assertions.Expect(Page.Locator("#test-log")).ToHaveTextAsync("<b>hello</b>");
        await Page.FillAsync("#payload", """{"bad": true}""");
        await Page.ClickAsync("#test button");
        await Assertions.Expect(Page.Locator("#test-status")).ToContainTextAsync("error", Patiently);
        await Assertions.Expect(Page.Locator("#test-result")).ToContainTextAsync("TypeError: <i>no</i>");
        await Page.FillAsync("#payload", "{bad");
        await Page.ClickAsync("#test button");
        await Assertions.Expect(Page.Locator("#test-status")).ToContainTextAsync("no JSON");
        await _browser.PictureAsync("function");

        await Page.ClickAsync("text=Switch off");
        await Assertions.Expect(Page.Locator("text=Switch on")).ToBeVisibleAsync();
        await Assertions.Expect(Page.Locator("main .status").First).ToHaveTextAsync("disabled");
        Assert.Equal(1, await Page.Locator("script").CountAsync());
        await _browser.CheckAccessAsync();
        _browser.NoComplaints();
    }

    private static LocatorAssertionsToContainTextOptions Patiently => new() { Timeout = 60_000 };
}
