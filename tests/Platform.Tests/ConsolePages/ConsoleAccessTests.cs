using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AngleSharp.Html.Parser;

using Platform.Organizations;
using Platform.Tests.Alerts;
using Platform.Tests.Databases;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;
using Platform.Tests.Metrics;

namespace Platform.Tests.ConsolePages;

/// <summary>Who sees what in the console.</summary>
public abstract class ConsoleAccessTests(PlatformApp app)
{
    private static readonly string[] Tabs = ["", "/builds", "/functions", "/databases", "/alerts", "/metrics", "/webhooks"];

    [Fact]
    public async Task Stranger_FindsNothing()
    {
        var (owner, stranger) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var (own, foreign) = ((await app.PlaceOfAsync(stranger)).ProjectId, (await app.PlaceOfAsync(owner)).ProjectId);
        var database = await new DatabaseClient(owner).CreatedAsync("main");
        var alert = await new AlertClient(owner.Client).CreatedIdAsync(new { name = "Slow", expression = "avg(x[5m]) > 1" });
        using var browser = app.Client(stranger.AsBrowser());

        string[] paths =
        [
            .. Tabs.Select(tab => $"/console/projects/{foreign}{tab}"), $"/console/projects/{foreign}/databases/{database}", $"/console/projects/{own}/databases/{database}",
            $"/console/projects/{foreign}/alerts/{alert}", $"/console/projects/{own}/alerts/{alert}", $"/console/projects/{own}/webhooks/{Guid.CreateVersion7()}", "/console/projects/nonsense",
            $"/console/projects/{own}/databases/nonsense",
        ];
        foreach (var path in paths)
            Assert.Equal((HttpStatusCode.NotFound, "Not found"), await HeadingAsync(browser, path));
    }

    [Fact]
    public async Task Object_OfAnotherProject_IsNotFoundThere()
    {
        var owner = await app.CreateUserAsync();
        var alert = await new AlertClient(owner.Client).CreatedIdAsync(new { name = "Slow", expression = "avg(x[5m]) > 1" });
        var other = await SecondProjectAsync(owner);
        using var browser = app.Client(owner.AsBrowser());

        Assert.Equal((HttpStatusCode.NotFound, "Not found"), await HeadingAsync(browser, $"/console/projects/{other}/alerts/{alert}"));
        Assert.Equal((HttpStatusCode.OK, "Slow"), await HeadingAsync(browser, $"/console/projects/{(await app.PlaceOfAsync(owner)).ProjectId}/alerts/{alert}"));
    }

    [Fact]
    public async Task Viewer_ReadsAndHasNoButtons()
    {
        var (owner, viewer) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        await app.JoinAsync(viewer, owner, OrganizationRole.Viewer);
        var database = await new DatabaseClient(owner).CreatedAsync("main", "CREATE TABLE secrets (id)");
        var alert = await new AlertClient(owner.Client).CreatedIdAsync(new { name = "Slow", expression = "avg(x[5m]) > 1" });
        var project = $"/console/projects/{(await app.PlaceOfAsync(owner)).ProjectId}";
        using var browser = app.Client(viewer.AsBrowser());

        foreach (var path in new[] { "", "/builds", "/functions", "/databases", "/alerts", "/metrics", "/webhooks", $"/alerts/{alert}" })
        {
            using var answer = await browser.GetAsync(project + path);
            var page = await new HtmlParser().ParseDocumentAsync(await answer.Content.ReadAsStreamAsync());
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Empty(page.QuerySelectorAll("button[data-post]"));
        }

        var inside = await (await browser.GetAsync($"{project}/databases/{database}")).Content.ReadAsStringAsync();
        Assert.DoesNotContain("secrets", inside, StringComparison.Ordinal);
        Assert.Contains("databases:query", inside, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_WithoutASession_AreTheSignIn_AndComeBack()
    {
        var path = $"/console/projects/{Guid.CreateVersion7()}/metrics?name=a%26b";
        using var answer = await app.Anonymous.GetAsync(path);
        var page = await new HtmlParser().ParseDocumentAsync(await answer.Content.ReadAsStreamAsync());

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(path, page.QuerySelector("input[name=return_to]")!.GetAttribute("value"));
        Assert.Equal("/console/sign-in", page.QuerySelector("form")!.GetAttribute("action"));
    }

    [Fact]
    public async Task Token_IsNoSession()
    {
        using var answer = await (await app.CreateUserAsync()).Client.GetAsync("/console");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Pages_AreNeverStoredAndLoadOwnFilesOnly()
    {
        using var browser = app.Client((await app.CreateUserAsync()).AsBrowser());
        using var answer = await browser.GetAsync("/console");
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        var page = await new HtmlParser().ParseDocumentAsync(await answer.Content.ReadAsStreamAsync());
        foreach (var file in page.QuerySelectorAll("script[src], link[href]").Select(element => element.GetAttribute("src") ?? element.GetAttribute("href")!))
            Assert.Equal(HttpStatusCode.OK, (await app.Anonymous.GetAsync(file)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Anonymous.GetAsync("/console/files/..%2fconsole.js")).StatusCode);
    }

    [Theory]
    [InlineData("?name=x&agg=mean", HttpStatusCode.OK)]
    [InlineData("?name=x&interval=1s", HttpStatusCode.OK)]
    [InlineData("?name=x&period=999d", HttpStatusCode.OK)]
    [InlineData("?name=x&agg=rate", HttpStatusCode.OK)]
    [InlineData("?name=x&interval=soon", HttpStatusCode.BadRequest)]
    public async Task Chart_ThatCannotBeDrawn_SaysWhy(string query, HttpStatusCode status)
    {
        var user = await app.CreateUserAsync();
        await new MetricClient(user.Client).RecordAllAsync([new { name = "x", value = 1 }]);
        using var browser = app.Client(user.AsBrowser());
        using var answer = await browser.GetAsync($"/console/projects/{(await app.PlaceOfAsync(user)).ProjectId}/metrics{query}");
        var page = await new HtmlParser().ParseDocumentAsync(await answer.Content.ReadAsStreamAsync());

        Assert.Equal(status, answer.StatusCode);
        Assert.NotEmpty(page.QuerySelector("main .refusal:not([hidden])")!.TextContent);
    }

    private static async Task<(HttpStatusCode Status, string Heading)> HeadingAsync(HttpClient browser, string path)
    {
        using var answer = await browser.GetAsync(path);
        var page = await new HtmlParser().ParseDocumentAsync(await answer.Content.ReadAsStreamAsync());
        return (answer.StatusCode, page.QuerySelector("h1")?.TextContent ?? "");
    }

    private static async Task<Guid> SecondProjectAsync(TestUser owner)
    {
        using var created = await owner.Client.PostAsJsonAsync("/api/projects", new { name = "second" });
        return (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("id").GetGuid();
    }
}

public sealed class ConsoleAccessOnSqliteTests(SqliteApp fixture) : ConsoleAccessTests(fixture.App), IClassFixture<SqliteApp>;

public sealed class ConsoleAccessOnPostgresTests(PostgresApp fixture) : ConsoleAccessTests(fixture.App), IClassFixture<PostgresApp>;
