using System.Net;
using System.Net.Http.Json;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

using Platform.Tests.Fixtures;

namespace Platform.Tests.Executions;

/// <summary>The page for people as the server renders it.</summary>
public sealed class ExecutionPageTests(ExecutionPageTests.Apps apps) : IClassFixture<ExecutionPageTests.Apps>
{
    private const string Root = "/executions";
    private const string Attack = "</textarea><script>alert(1)</script>{{user}}&amp;";

    [Theory]
    [InlineData(Root)]
    [InlineData($"{Root}?status=failed")]
    [InlineData($"{Root}/01900000-0000-7000-8000-000000000001")]
    public async Task Page_WithoutASession_IsTheSignIn(string path)
    {
        var app = await apps.GetAsync(Db.Sqlite);
        var user = await app.CreateUserAsync();
        foreach (var client in new[] { app.Anonymous, user.Client })   // a bearer is no session of a browser
        {
            var (status, page) = await ReadAsync(client, path);
            Assert.Equal(HttpStatusCode.Unauthorized, status);
            Assert.Equal(path, ((IHtmlInputElement)page.QuerySelector("input[name=return_to]")!).Value);
            Assert.Null(page.QuerySelector("#history"));
        }
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Page_SignedIn_ShowsOwnExecutionsWithFilters(Db db)
    {
        var app = await apps.GetAsync(db);
        var (alice, bob) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var (mine, failed) = (await RunAsync(alice, "print('mine')"), await RunAsync(alice, "raise ValueError('no')"));
        var foreign = await RunAsync(bob, "print('his')");
        using var browser = app.Client(alice.AsBrowser());

        var (status, page) = await ReadAsync(browser, Root);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal([failed, mine], Ids(page));
        Assert.Contains(alice.Username, page.QuerySelector("header")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("python 3.11", page.QuerySelectorAll("select[name=runtime] option").Select(option => option.TextContent));
        Assert.Equal([failed], Ids((await ReadAsync(browser, $"{Root}?status=failed&lang=&from=&to=")).Page));
        Assert.Equal([mine], Ids((await ReadAsync(browser, $"{Root}?status=completed&lang=python")).Page));
        Assert.Empty(Ids((await ReadAsync(browser, $"{Root}?lang=ruby")).Page));
        Assert.Empty(Ids((await ReadAsync(browser, $"{Root}?to=2020-01-01T00:00")).Page));
        Assert.Equal([failed, mine], Ids((await ReadAsync(browser, $"{Root}?status=sleeping&from=yesterday&page=x")).Page));
        Assert.Equal("failed", ((IHtmlSelectElement)(await ReadAsync(browser, $"{Root}?status=failed")).Page.QuerySelector("select[name=status]")!).Value);

        var one = (await ReadAsync(browser, $"{Root}/{mine}")).Page;
        Assert.Equal(("mine\n", "print('mine')"), (one.QuerySelector("#output")!.TextContent, ((IHtmlTextAreaElement)one.QuerySelector("#script")!).Value));
        Assert.Equal(("completed", mine.ToString()), (one.QuerySelector("#status")!.TextContent, one.QuerySelector("#execution")!.GetAttribute("data-id")));
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"{Root}/{foreign}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"{Root}/no-id")).StatusCode);
    }

    [Fact]
    public async Task Page_MoreThanFit_LinksToTheNextWithTheFilter()
    {
        var app = await apps.GetAsync(Db.Sqlite);
        var user = await app.CreateUserAsync();
        for (var i = 0; i < 27; i++)
            Assert.Equal(HttpStatusCode.OK, (await user.Client.PostAsJsonAsync("/api/v1/execute", new { script = "print(1)" })).StatusCode);
        using var browser = app.Client(user.AsBrowser());

        var first = (await ReadAsync(browser, $"{Root}?lang=python")).Page;
        var next = first.QuerySelector("a[rel=next]")!.GetAttribute("href")!;
        var second = (await ReadAsync(browser, next)).Page;

        Assert.Contains("lang=python", next, StringComparison.Ordinal);
        Assert.Equal(27, Ids(first).Concat(Ids(second)).Distinct().Count());
        Assert.Null(second.QuerySelector("a[rel=next]"));
        Assert.NotNull(second.QuerySelector("a[rel=prev]"));
    }

    [Fact]
    public async Task Page_HostileScriptOutputAndFilters_StayText()
    {
        var app = await apps.GetAsync(Db.Sqlite);
        var user = await app.CreateUserAsync();
        var script = $"print({System.Text.Json.JsonSerializer.Serialize(Attack)})";
        var id = await RunAsync(user, script);
        using var browser = app.Client(user.AsBrowser());

        var page = (await ReadAsync(browser, $"{Root}/{id}?from={Uri.EscapeDataString("\"><b>x")}&to={Uri.EscapeDataString("{{rows}}")}")).Page;

        Assert.Equal(script, ((IHtmlTextAreaElement)page.QuerySelector("#script")!).Value);
        Assert.Equal(Attack + "\n", page.QuerySelector("#output")!.TextContent);
        Assert.Equal("\"><b>x", page.QuerySelector("input[name=from]")!.GetAttribute("value"));
        Assert.Equal("{{rows}}", page.QuerySelector("input[name=to]")!.GetAttribute("value"));
        Assert.Equal("/executions/files/page.js", Assert.Single(page.QuerySelectorAll("script")).GetAttribute("src"));
        Assert.Empty(page.QuerySelectorAll("main b, [onclick], [style], style"));
    }

    [Fact]
    public async Task Pages_LoadOwnFilesOnly()
    {
        var app = await apps.GetAsync(Db.Sqlite);
        using var browser = app.Client((await app.CreateUserAsync()).AsBrowser());
        foreach (var client in new[] { app.Anonymous, browser })
        {
            using var answer = await client.GetAsync(Root);
            var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("default-src 'none'; script-src 'self'; style-src 'self'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.True(answer.Headers.CacheControl!.NoStore);
            var page = await ParseAsync(answer);
            foreach (var file in page.QuerySelectorAll("script[src], link[href]").Select(element => element.GetAttribute("src") ?? element.GetAttribute("href")!))
                Assert.Equal(HttpStatusCode.OK, (await app.Anonymous.GetAsync(file)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await app.Anonymous.GetAsync($"{Root}/files/page.html")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Anonymous.GetAsync($"{Root}/files/..%2fpage.css")).StatusCode);
    }

    [Theory]
    [InlineData("/executions?status=failed", "/executions?status=failed")]
    [InlineData("/executions/01900000-0000-7000-8000-000000000001", "/executions/01900000-0000-7000-8000-000000000001")]
    [InlineData("https://evil.example/executions", Root)]
    [InlineData("//evil.example/executions", Root)]
    [InlineData("/executionsevil", Root)]
    [InlineData("", Root)]
    public async Task SignIn_Succeeds_SetsTheCookiesAndComesBackHereOnly(string target, string location)
    {
        var app = await apps.GetAsync(Db.Sqlite);
        var user = await app.CreateUserAsync();
        using var answer = await SignInAsync(app, user.Username, PlatformApp.Password, target);
        Assert.Equal((HttpStatusCode.SeeOther, location), (answer.StatusCode, answer.Headers.Location!.OriginalString));
        var cookies = answer.Headers.GetValues("Set-Cookie").ToList();
        Assert.Contains("httponly", cookies.Single(cookie => cookie.StartsWith("access_token=", StringComparison.Ordinal)), StringComparison.OrdinalIgnoreCase);
        using var browser = app.Client(headers => headers.Add("Cookie", string.Join("; ", cookies.Select(cookie => cookie.Split(';')[0]))));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(Root)).StatusCode);
    }

    [Fact]
    public async Task SignIn_WrongPassword_IsAskedAgainAndLockedOutAtLast()
    {
        await using var app = await PlatformApp.StartAsync();
        var user = await app.CreateUserAsync();
        for (var i = 0; i < 4; i++)
        {
            using var refused = await SignInAsync(app, user.Username, "wrong", Root);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            Assert.Equal("Invalid credentials", (await ParseAsync(refused)).QuerySelector(".refusal")!.TextContent);
            Assert.False(refused.Headers.Contains("Set-Cookie"));
        }

        using var last = await SignInAsync(app, user.Username, "wrong", Root);
        Assert.Equal(423, (int)last.StatusCode);
        using var locked = await SignInAsync(app, user.Username, PlatformApp.Password, Root);
        Assert.Equal(423, (int)locked.StatusCode);
        Assert.NotNull(locked.Headers.RetryAfter);
    }

    [Fact]
    public async Task SignIn_FromAnotherSite_IsRefused()
    {
        var app = await apps.GetAsync(Db.Sqlite);
        var user = await app.CreateUserAsync();
        using var client = app.Client(headers => headers.Add("Sec-Fetch-Site", "cross-site"));
        using var form = Form(user.Username, PlatformApp.Password, Root);
        using var answer = await client.PostAsync($"{Root}/sign-in", form);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    private static async Task<HttpResponseMessage> SignInAsync(PlatformApp app, string username, string password, string target)
    {
        using var form = Form(username, password, target);
        return await app.Anonymous.PostAsync($"{Root}/sign-in", form);
    }

    private static FormUrlEncodedContent Form(string username, string password, string target) =>
        new(new Dictionary<string, string> { ["username"] = username, ["password"] = password, ["code"] = "", ["return_to"] = target });

    private static async Task<Guid> RunAsync(TestUser user, string script) => (await new ExecutionClient(user).RunAsync(script)).GetProperty("execution_id").GetGuid();

    private static async Task<(HttpStatusCode Status, IHtmlDocument Page)> ReadAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path);
        return (answer.StatusCode, await ParseAsync(answer));
    }

    private static async Task<IHtmlDocument> ParseAsync(HttpResponseMessage answer)
    {
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        return new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync());
    }

    private static List<Guid> Ids(IHtmlDocument page) => [.. page.QuerySelectorAll("#history tbody a").Select(link => Guid.Parse(link.TextContent))];

    /// <summary>One app per database for the tests that need no settings of their own.</summary>
    public sealed class Apps : IAsyncLifetime
    {
        private readonly PerDatabase<PlatformApp> _apps = new(db => PlatformApp.StartAsync(db));

        public Task InitializeAsync() => Task.CompletedTask;

        public async Task DisposeAsync() => await _apps.DisposeAsync();

        internal Task<PlatformApp> GetAsync(Db db) => _apps.GetAsync(db);
    }
}
