using System.Net;
using System.Net.Http.Headers;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Identity;

/// <summary>The host's operator pages behind the platform's sessions.</summary>
public sealed class OperatorAccessTests : IAsyncLifetime
{
    private const string Root = "/admin/orchestrations";
    private PlatformApp _app = null!;

    public async Task InitializeAsync() => _app = await PlatformApp.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Page_ByStanding_IsForOperatorsOnly()
    {
        var (op, user) = (await _app.OperatorAsync(), await _app.CreateUserAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, (await _app.Anonymous.GetAsync(Root)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await user.Client.GetAsync(Root)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await op.Client.GetAsync(Root)).StatusCode);
        using var forged = _app.Client(h => h.Authorization = new AuthenticationHeaderValue("Bearer", op.Token[..^3] + "abc"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await forged.GetAsync(Root)).StatusCode);
    }

    [Fact]
    public async Task SignInForm_Operator_OpensASessionThatMayAct()
    {
        await _app.OperatorAsync();
        var opened = await SignInAsync("operator", PlatformApp.Password);
        Assert.Equal((HttpStatusCode.SeeOther, Root), (opened.StatusCode, opened.Headers.Location!.OriginalString));
        var cookies = opened.Headers.GetValues("Set-Cookie").Select(c => c.Split(';')[0]).ToList();
        Assert.Contains(opened.Headers.GetValues("Set-Cookie"), c => c.StartsWith("access_token=", StringComparison.Ordinal) && c.Contains("httponly", StringComparison.OrdinalIgnoreCase));
        using var browser = _app.Client(h => h.Add("Cookie", string.Join("; ", cookies)));

        var id = await RunScriptAsync();
        var page = new HtmlParser().ParseDocument(await browser.GetStringAsync($"{Root}/instance?id={id}"));
        var token = ((IHtmlInputElement)page.QuerySelector("form input[name=token]")!).Value;
        using var purge = new FormUrlEncodedContent(new Dictionary<string, string> { ["id"] = id, ["token"] = token });
        Assert.Equal(HttpStatusCode.SeeOther, (await browser.PostAsync($"{Root}/actions/purge", purge)).StatusCode);

        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"{Root}/instance?id={id}")).StatusCode);
        await using var scope = _app.Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(Caller.Platform);
        var entry = await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().AuditEntries.SingleAsync(e => e.Action == "orchestration.purge");
        Assert.Equal((id, "operator"), (entry.ResourceId, entry.ActorName));
    }

    [Fact]
    public async Task SignInForm_WrongPassword_AnswersAlikeForEveryName()
    {
        await _app.OperatorAsync();
        var (known, unknown) = (await SignInAsync("operator", "wrong-Password-1"), await SignInAsync("nobody", "wrong-Password-1"));
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (known.StatusCode, unknown.StatusCode));
        Assert.Equal(await known.Content.ReadAsStringAsync(), await unknown.Content.ReadAsStringAsync());
        Assert.False(known.Headers.Contains("Set-Cookie"));
    }

    private async Task<HttpResponseMessage> SignInAsync(string name, string password)
    {
        using var form = PlatformApp.LoginForm(name, password);
        return await _app.Anonymous.PostAsync($"{Root}/sign-in", form);
    }

    /// <summary>Starts an instance of an orchestrator that ends at once, since the execution does not exist.</summary>
    private async Task<string> RunScriptAsync()
    {
        var client = _app.Services.GetRequiredService<EmbeddedFunctions.Durable.DurableClientProvider>().Client;
        var id = await client.ScheduleNewOrchestrationInstanceAsync("ExecutionSaga", new Platform.Executions.RunExecution.Input(Guid.CreateVersion7(), null, 1));
        await client.TerminateInstanceAsync(id);
        await client.WaitForInstanceCompletionAsync(id);
        return id;
    }
}
