using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using EmbeddedFunctions.Durable;
using EmbeddedFunctions.DurableTask;
using EmbeddedFunctions.DurableTask.Client;
using EmbeddedFunctions.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Hosting;

public sealed class OperatorPagesTests : IAsyncLifetime
{
    private const string Root = "/admin/orchestrations";
    private const string Attack = "\"><script>alert(1)</script><img src=x onerror=alert(2)>";
    private readonly Access _access = new();
    private readonly Workshop _workshop = new();
    private TestHost _host = null!;

    private DurableTaskClient Durable => _host.Services.GetRequiredService<DurableClientProvider>().Client;

    public async Task InitializeAsync() =>
        _host = await TestHost.StartAsync(
            [typeof(ManagedFunctions), typeof(WorkshopFunctions)], builder => builder.Services.AddSingleton<IOperatorAccess>(_access).AddSingleton(_workshop));

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task AnyPage_SignedOut_OffersTheSignInAndShowsNothing()
    {
        await StartAsync("secret-1");
        _access.Visit = new OperatorVisit(OperatorStanding.SignedOut);
        foreach (var path in new[] { Root, $"{Root}/instance?id=secret-1" })
        {
            var (status, page) = await GetAsync(path);
            Assert.Equal(HttpStatusCode.Unauthorized, status);
            Assert.Equal(path, ((IHtmlInputElement)page.QuerySelector("input[name=returnTo]")!).Value);
            Assert.DoesNotContain("secret-1", page.QuerySelector("main table")?.TextContent ?? "", StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(OperatorStanding.Refused, HttpStatusCode.Forbidden)]
    [InlineData(OperatorStanding.Unknown, HttpStatusCode.ServiceUnavailable)]
    public async Task AnyPage_NotAnOperator_IsRefused(OperatorStanding standing, HttpStatusCode expected)
    {
        await StartAsync("secret-2");
        _access.Visit = new OperatorVisit(standing, "eve", "token");
        var (status, page) = await GetAsync($"{Root}/instance?id=secret-2");
        Assert.Equal(expected, status);
        Assert.DoesNotContain("secret-2", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal(expected, (await ActAsync("terminate", "secret-2")).StatusCode);
        Assert.Empty(_access.Records);
    }

    [Fact]
    public async Task List_Filters_ShowMatchingInstancesOnly()
    {
        await StartAsync("a-1");
        await StartAsync("a-2", "Echo");
        await StartAsync("b-1", "Echo");
        await Durable.WaitForInstanceCompletionAsync("a-2");

        Assert.Equal(["a-1", "a-2"], (await IdsAsync("?instanceIdPrefix=a-")).Order());
        Assert.Equal(["a-2", "b-1"], (await IdsAsync("?name=echo")).Order());
        Assert.Equal(["a-2"], await IdsAsync("?instanceIdPrefix=a-&runtimeStatus=Completed&runtimeStatus=Failed"));
        Assert.Empty(await IdsAsync("?createdTimeTo=2020-01-01T00:00:00"));
        Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync($"{Root}?runtimeStatus=Sleeping")).Status);
    }

    [Fact]
    public async Task List_MoreThanAPage_LinksToTheNextWithTheFilter()
    {
        for (var i = 0; i < 55; i++)
            await StartAsync($"page-{i}");

        var (_, first) = await GetAsync($"{Root}?instanceIdPrefix=page-");
        var next = first.QuerySelector("a[rel=next]")!.GetAttribute("href")!;
        var (_, second) = await GetAsync(next);

        Assert.Equal(55, Ids(first).Concat(Ids(second)).Distinct().Count());
        Assert.Contains("instanceIdPrefix=page-", next, StringComparison.Ordinal);
        Assert.Null(second.QuerySelector("a[rel=next]"));
    }

    [Fact]
    public async Task Instance_Failed_ShowsTimelineWithDetails()
    {
        await StartAsync("f-1", "Fail");
        await Durable.WaitForInstanceCompletionAsync("f-1");

        var (_, page) = await GetAsync($"{Root}/instance?id=f-1");

        var lines = page.QuerySelectorAll(".timeline tbody tr").ToList();
        Assert.Equal(["Started", "Activity Say failed", "Ended: Failed"], lines.Select(l => l.Children[3].TextContent));
        Assert.Contains("InvalidOperationException: <b>nobody</b> to greet", lines[1].TextContent, StringComparison.Ordinal);
        Assert.NotNull(lines[1].QuerySelector("details pre"));
        Assert.Empty(page.QuerySelectorAll("main b"));
    }

    [Fact]
    public async Task Pages_HostileIdInputAndEvent_StayText()
    {
        await StartAsync(Attack, "Greet", Attack);
        await Durable.RaiseEventAsync(Attack, Attack, Attack);
        foreach (var path in new[] { Root, $"{Root}?name={Uri.EscapeDataString(Attack)}", $"{Root}?instanceIdPrefix={Uri.EscapeDataString(Attack)}", $"{Root}/instance?id={Uri.EscapeDataString(Attack)}" })
        {
            var answer = await _host.Client.GetAsync(path);
            var page = Parse(await answer.Content.ReadAsStringAsync());
            Assert.Empty(page.QuerySelectorAll("script, img, [onerror]"));
            Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        }

        var (_, instance) = await GetAsync($"{Root}/instance?id={Uri.EscapeDataString(Attack)}");
        Assert.Equal(Attack, instance.QuerySelector("h1")!.TextContent);
        Assert.Equal(Attack, ((IHtmlInputElement)instance.QuerySelector("form[action$=terminate] input[name=id]")!).Value);
    }

    [Fact]
    public async Task Actions_WithTheSessionsToken_AreDoneAndRecorded()
    {
        await StartAsync("g-1");
        Assert.Equal(HttpStatusCode.SeeOther, (await ActAsync("suspend", "g-1", ("reason", "lunch"))).StatusCode);
        await StatusAsync("g-1", OrchestrationRuntimeStatus.Suspended);
        await ActAsync("resume", "g-1");
        await StatusAsync("g-1", OrchestrationRuntimeStatus.Running);
        var raised = await ActAsync("raise-event", "g-1", ("eventName", "name"), ("payload", "\"Ada\""));
        Assert.Equal($"{Root}/instance?id=g-1", raised.Headers.Location!.OriginalString);
        Assert.Equal("hello Ada", (await Durable.WaitForInstanceCompletionAsync("g-1", getInputsAndOutputs: true)).ReadOutputAs<string>());
        Assert.Equal(Root, (await ActAsync("purge", "g-1")).Headers.Location!.OriginalString);
        await StartAsync("g-2");
        await ActAsync("terminate", "g-2", ("reason", "enough"));
        await StatusAsync("g-2", OrchestrationRuntimeStatus.Terminated);

        Assert.Null(await Durable.GetInstanceAsync("g-1", CancellationToken.None));
        Assert.Equal(
            ["orchestration.suspend g-1", "orchestration.resume g-1", "orchestration.raise_event g-1", "orchestration.purge g-1", "orchestration.terminate g-2"], _access.Records);
    }

    [Fact]
    public async Task RewindAndRestart_WhereTheyArePossible_AreDone()
    {
        await StartAsync("m-1", "Mend", "wheel");
        await Durable.WaitForInstanceCompletionAsync("m-1");
        Assert.Equal(["rewind", "restart", "purge"], Actions((await GetAsync($"{Root}/instance?id=m-1")).Page));
        _workshop.IsRepaired = true;
        await ActAsync("rewind", "m-1", ("reason", "repaired"));
        await StatusAsync("m-1", OrchestrationRuntimeStatus.Completed);

        Assert.Equal(["restart", "purge"], Actions((await GetAsync($"{Root}/instance?id=m-1")).Page));
        Assert.Equal(HttpStatusCode.Conflict, (await ActAsync("rewind", "m-1")).StatusCode);
        var other = (await ActAsync("restart", "m-1", ("newId", "on"))).Headers.Location!.OriginalString;
        Assert.NotEqual($"{Root}/instance?id=m-1", other);
        Assert.Equal("Mend", (await GetAsync(other)).Page.QuerySelector("dd")!.TextContent);
        Assert.Equal($"{Root}/instance?id=m-1", (await ActAsync("restart", "m-1")).Headers.Location!.OriginalString);
        Assert.Equal(["orchestration.rewind m-1", "orchestration.rewind m-1", "orchestration.restart m-1", "orchestration.restart m-1"], _access.Records);
    }

    [Fact]
    public async Task Action_ForgedOrUnreadable_ChangesNothing()
    {
        await StartAsync("safe");
        Assert.Equal(HttpStatusCode.Forbidden, (await ActAsync("terminate", "safe", ("token", "guess"))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await ActAsync("terminate", "safe", origin: "https://evil.example")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await ActAsync("raise-event", "safe", ("eventName", "name"), ("payload", "{"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await ActAsync("explode", "safe")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await ActAsync("terminate", "other")).StatusCode);
        _access.Visit = _access.Visit with { FormToken = null };
        Assert.Equal(HttpStatusCode.Forbidden, (await ActAsync("terminate", "safe", ("token", ""))).StatusCode);
        Assert.Empty((await GetAsync($"{Root}/instance?id=safe")).Page.QuerySelectorAll("main form"));

        Assert.False((await Durable.GetInstanceAsync("safe", CancellationToken.None))!.IsCompleted);
        Assert.Empty(_access.Records);
    }

    [Theory]
    [InlineData("/admin/orchestrations/instance?id=x", "/admin/orchestrations/instance?id=x")]
    [InlineData("https://evil.example/", Root)]
    [InlineData("//evil.example/admin/orchestrations", Root)]
    [InlineData("/admin/orchestrationsevil", Root)]
    public async Task SignIn_Succeeds_ReturnsToThesePagesOnly(string target, string location)
    {
        var answer = await PostAsync($"{Root}/sign-in", [new("username", "op"), new("password", "right"), new("returnTo", target)]);
        Assert.Equal((HttpStatusCode.SeeOther, location), (answer.StatusCode, answer.Headers.Location!.OriginalString));

        var refused = await PostAsync($"{Root}/sign-in", [new("username", "op"), new("password", "wrong")]);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Contains("Wrong password", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_WithoutAnAppThatKnowsOperators_DoNotExist()
    {
        await using var host = await TestHost.StartAsync([typeof(ManagedFunctions)]);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync(Root)).StatusCode);
    }

    private static IHtmlDocument Parse(string html) => new HtmlParser().ParseDocument(html);

    private static IEnumerable<string> Actions(IHtmlDocument page) => page.QuerySelectorAll(".actions form").Select(f => f.GetAttribute("action")!.Split('/')[^1]);

    private static IEnumerable<string> Ids(IHtmlDocument page) => page.QuerySelectorAll(".instances tbody tr a").Select(a => a.TextContent);

    private Task<string> StartAsync(string id, string name = "Greet", object? input = null) => Durable.ScheduleNewOrchestrationInstanceAsync(name, input, new StartOrchestrationOptions(id));

    private async Task<(HttpStatusCode Status, IHtmlDocument Page)> GetAsync(string path)
    {
        var answer = await _host.Client.GetAsync(path);
        return (answer.StatusCode, Parse(await answer.Content.ReadAsStringAsync()));
    }

    private async Task<List<string>> IdsAsync(string query) => [.. Ids((await GetAsync(Root + query)).Page)];

    private Task<HttpResponseMessage> ActAsync(string action, string id, params (string Name, string Value)[] fields) => ActAsync(action, id, null, fields);

    private Task<HttpResponseMessage> ActAsync(string action, string id, string? origin, params (string Name, string Value)[] fields)
    {
        var form = new Dictionary<string, string> { ["id"] = id, ["token"] = "good-token" };
        foreach (var (name, value) in fields)
            form[name] = value;
        return PostAsync($"{Root}/actions/{action}", form, origin);
    }

    private async Task<HttpResponseMessage> PostAsync(string path, IEnumerable<KeyValuePair<string, string>> form, string? origin = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(form) };
        request.Headers.Add("Origin", origin ?? _host.BaseAddress.GetLeftPart(UriPartial.Authority));
        return await _host.Client.SendAsync(request);
    }

    private Task StatusAsync(string id, OrchestrationRuntimeStatus status) =>
        Until.TrueAsync(async () => (await Durable.GetInstanceAsync(id, CancellationToken.None))!.RuntimeStatus == status, $"{status}");

    private sealed class Access : IOperatorAccess
    {
        public OperatorVisit Visit { get; set; } = new(OperatorStanding.Operator, "op", "good-token");

        public List<string> Records { get; } = [];

        public ValueTask<OperatorVisit> IdentifyAsync(HttpContext http) => new(Visit);

        public ValueTask<string?> SignInAsync(HttpContext http, string username, string password, string? code) => new(password == "right" ? null : "Wrong password");

        public ValueTask RecordAsync(HttpContext http, string action, string instanceId)
        {
            Records.Add($"{action} {instanceId}");
            return default;
        }
    }
}
