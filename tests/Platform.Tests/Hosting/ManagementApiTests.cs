using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using EmbeddedFunctions.Durable;
using EmbeddedFunctions.DurableTask.Client;
using EmbeddedFunctions.Http;
using EmbeddedFunctions.Storage;
using Microsoft.Extensions.DependencyInjection;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Hosting;

public sealed class ManagementApiTests : IAsyncLifetime
{
    private const string Api = "/runtime/webhooks/durabletask";
    private readonly Workshop _workshop = new();
    private TestHost _host = null!;
    private string _key = "";

    private DurableTaskClient Durable => _host.Services.GetRequiredService<DurableClientProvider>().Client;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync([typeof(ManagedFunctions), typeof(WorkshopFunctions)], builder => builder.Services.AddSingleton(_workshop));
        _key = await _host.Services.GetRequiredService<HostKeys>().SystemKeyAsync();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("GET", "instances")]
    [InlineData("DELETE", "instances?createdTimeFrom=2026-01-01")]
    [InlineData("GET", "instances/x")]
    [InlineData("POST", "instances/x/terminate")]
    [InlineData("POST", "instances/x/raiseEvent/e")]
    [InlineData("POST", "instances/x/rewind")]
    [InlineData("POST", "orchestrators/Echo")]
    public async Task AnyRoute_WithoutTheSystemKey_Answers401(string method, string path)
    {
        var keys = await _host.Services.GetRequiredService<KeyStore>().EnsureAsync([]);
        var hostKey = keys.First(k => k is { Scope: HostKeys.HostScope, Name: HostKeys.Default }).Value;
        foreach (var shown in new[] { null, "wrong", hostKey })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), $"{Api}/{path}");
            if (shown is not null)
                request.Headers.Add(HostKeys.Header, shown);
            Assert.Equal(HttpStatusCode.Unauthorized, (await _host.Client.SendAsync(request)).StatusCode);
        }
    }

    [Fact]
    public async Task Start_ThenFollowTheAddresses_ManagesTheInstance()
    {
        var started = await PostAsync("orchestrators/Greet/g-1");
        Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
        var addresses = await started.Content.ReadFromJsonAsync<JsonElement>();
        var status = new Uri(addresses.GetProperty("statusQueryGetUri").GetString()!);
        Assert.Equal(status, started.Headers.Location);

        var waiting = await _host.Client.GetAsync(status);
        Assert.Equal((HttpStatusCode.Accepted, TimeSpan.FromSeconds(5)), (waiting.StatusCode, waiting.Headers.RetryAfter!.Delta));

        var raise = addresses.GetProperty("sendEventPostUri").GetString()!.Replace("{eventName}", "NAME", StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Accepted, (await _host.Client.PostAsync(raise, Json("\"Ada\""))).StatusCode);
        await Durable.WaitForInstanceCompletionAsync("g-1");

        var done = await _host.Client.GetAsync(status);
        var body = await done.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        Assert.Equal(("Greet", "Completed", "greeting", "hello Ada"), (Name(body), Text(body, "runtimeStatus"), Text(body, "customStatus"), Text(body, "output")));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", Text(body, "createdTime"));
        Assert.False(body.TryGetProperty("historyEvents", out _));

        Assert.Equal(HttpStatusCode.Gone, (await _host.Client.PostAsync(raise, Json("1"))).StatusCode);
        var purged = await _host.Client.DeleteAsync(addresses.GetProperty("purgeHistoryDeleteUri").GetString());
        Assert.Equal(1, (await purged.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("instancesDeleted").GetInt32());
        Assert.Equal(HttpStatusCode.NotFound, (await _host.Client.GetAsync(status)).StatusCode);
    }

    [Fact]
    public async Task Get_WithHistory_ShowsTasksOnceWithBothTimes()
    {
        await PostAsync("orchestrators/Greet/h-1");
        await PostAsync("instances/h-1/raiseEvent/name", "\"Bob\"");
        await Durable.WaitForInstanceCompletionAsync("h-1");

        var events = (await GetAsync("instances/h-1?showHistory=true&showHistoryOutput=true")).GetProperty("historyEvents").EnumerateArray().ToList();
        Assert.Equal(["ExecutionStarted", "EventRaised", "TaskCompleted", "ExecutionCompleted"], events.Select(e => Text(e, "EventType")));
        Assert.Equal(("Say", "hello Bob"), (Text(events[2], "FunctionName"), Text(events[2], "Result")));
        Assert.True(events[2].GetProperty("ScheduledTime").GetDateTime() <= events[2].GetProperty("Timestamp").GetDateTime());

        var bare = (await GetAsync("instances/h-1?showHistory=true&showInput=false")).GetProperty("historyEvents").EnumerateArray().ToList();
        Assert.All(bare, e => Assert.False(e.TryGetProperty("Result", out _) || e.TryGetProperty("Input", out _)));
    }

    [Fact]
    public async Task Get_FailedInstance_Answers500OnlyWhenAsked()
    {
        await PostAsync("orchestrators/Fail/f-1");
        await Durable.WaitForInstanceCompletionAsync("f-1");

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, "instances/f-1")).StatusCode);
        Assert.Equal(HttpStatusCode.InternalServerError, (await SendAsync(HttpMethod.Get, "instances/f-1?returnInternalServerErrorOnFailure=true")).StatusCode);
        Assert.Contains("nobody", Text(await GetAsync("instances/f-1"), "output"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SuspendResumeTerminate_RunningInstance_DoWhatTheySay()
    {
        await PostAsync("orchestrators/Greet/s-1");
        await Durable.WaitForInstanceStartAsync("s-1");
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync("instances/s-1/suspend?reason=lunch")).StatusCode);
        await StatusAsync("s-1", "Suspended");
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await SendAsync(HttpMethod.Delete, "instances/s-1")).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync("instances/s-1/resume")).StatusCode);
        await StatusAsync("s-1", "Running");
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync("instances/s-1/terminate?reason=enough")).StatusCode);
        await StatusAsync("s-1", "Terminated");

        Assert.Equal("enough", Text(await GetAsync("instances/s-1"), "output"));
        Assert.Equal(HttpStatusCode.Gone, (await PostAsync("instances/s-1/suspend")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync("instances/none/terminate")).StatusCode);
    }

    [Fact]
    public async Task Rewind_FailedInstance_RunsWhatFailedAgain()
    {
        await PostAsync("orchestrators/Mend/r-1?timeout=20", "\"wheel\"");
        var addresses = await _host.Client.GetFromJsonAsync<JsonElement>("/addresses?id=r-1");
        _workshop.IsRepaired = true;

        var rewind = Text(addresses, "rewindPostUri")!.Replace("{text}", "repaired", StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Accepted, (await _host.Client.PostAsync(rewind, null)).StatusCode);
        Assert.Equal("mended wheel", (await Durable.WaitForInstanceCompletionAsync("r-1", getInputsAndOutputs: true)).ReadOutputAs<string>());

        Assert.Equal(HttpStatusCode.PreconditionFailed, (await _host.Client.PostAsync(rewind, null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync("instances/none/rewind")).StatusCode);
    }

    [Fact]
    public async Task Restart_FinishedInstance_RunsAgainUnderTheWantedId()
    {
        await PostAsync("orchestrators/Echo/again?timeout=20", "\"same\"");

        var other = await (await PostAsync("instances/again/restart")).Content.ReadFromJsonAsync<JsonElement>();
        Assert.NotEqual("again", Text(other, "id"));
        Assert.Equal("same", (await Durable.WaitForInstanceCompletionAsync(Text(other, "id")!, getInputsAndOutputs: true)).ReadOutputAs<string>());
        var own = await PostAsync("instances/again/restart?restartWithNewInstanceId=false&timeout=20");
        Assert.Equal((HttpStatusCode.OK, "\"same\""), (own.StatusCode, await own.Content.ReadAsStringAsync()));

        await PostAsync("orchestrators/Greet/runs");
        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync("instances/runs/restart?restartWithNewInstanceId=false")).StatusCode);
    }

    [Fact]
    public async Task WaitForCompletionOrCreateCheckStatusResponse_EndedFailedOrLate_AnswersAccordingly()
    {
        var done = await _host.Client.PostAsync("/wait/Echo?outputs", null);
        var body = await done.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((HttpStatusCode.OK, "Completed", "\"payload\""), (done.StatusCode, Text(body, "RuntimeStatus"), Text(body, "SerializedOutput")));
        Assert.Null(Text(await (await _host.Client.PostAsync("/wait/Echo", null)).Content.ReadFromJsonAsync<JsonElement>(), "SerializedOutput"));

        var failed = await _host.Client.PostAsync("/wait/Fail", null);
        Assert.Equal((HttpStatusCode.InternalServerError, "Failed"), (failed.StatusCode, Text(await failed.Content.ReadFromJsonAsync<JsonElement>(), "RuntimeStatus")));
        var late = await _host.Client.PostAsync("/wait/Greet", null);
        var addresses = await late.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((HttpStatusCode.Accepted, late.Headers.Location!.OriginalString), (late.StatusCode, Text(addresses, "statusQueryGetUri")));
    }

    [Fact]
    public async Task Start_Waiting_AnswersTheOutcome()
    {
        var answer = await PostAsync("orchestrators/Echo?timeout=20&pollingInterval=1", "\"hi\"");
        Assert.Equal((HttpStatusCode.OK, "\"hi\""), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));

        var late = await PostAsync("orchestrators/Greet?timeout=0.05&pollingInterval=1");
        Assert.Equal(HttpStatusCode.Accepted, late.StatusCode);
        Assert.NotNull(late.Headers.Location);
    }

    [Theory]
    [InlineData("POST", "orchestrators/Nothing", null, HttpStatusCode.BadRequest)]
    [InlineData("POST", "orchestrators/Echo", "{", HttpStatusCode.BadRequest)]
    [InlineData("POST", "orchestrators/Greet/taken", null, HttpStatusCode.Conflict)]
    [InlineData("POST", "instances/taken/raiseEvent/e", "{", HttpStatusCode.BadRequest)]
    [InlineData("POST", "instances/none/restart", null, HttpStatusCode.BadRequest)]
    [InlineData("GET", "instances?runtimeStatus=Sleeping", null, HttpStatusCode.BadRequest)]
    [InlineData("GET", "instances?top=0", null, HttpStatusCode.BadRequest)]
    [InlineData("DELETE", "instances", null, HttpStatusCode.BadRequest)]
    [InlineData("DELETE", "instances?createdTimeFrom=2026-01-01&runtimeStatus=Finished", null, HttpStatusCode.BadRequest)]
    [InlineData("PUT", "instances/taken", null, HttpStatusCode.NotFound)]
    [InlineData("GET", "elsewhere", null, HttpStatusCode.NotFound)]
    public async Task Request_Wrong_IsRefused(string method, string path, string? body, HttpStatusCode status)
    {
        await Durable.ScheduleNewOrchestrationInstanceAsync("Greet", new EmbeddedFunctions.DurableTask.StartOrchestrationOptions("taken"));
        Assert.Equal(status, (await SendAsync(new HttpMethod(method), path, body)).StatusCode);
    }

    [Fact]
    public async Task List_FilteredAndPaged_GivesEveryInstanceOnce()
    {
        for (var i = 0; i < 7; i++)
            await PostAsync($"orchestrators/{(i % 2 == 0 ? "Echo" : "Greet")}/p-{i}?timeout={(i % 2 == 0 ? 20 : 0)}");
        await PostAsync("orchestrators/Echo/other");

        var found = new List<string>();
        string? token = null;
        do
        {
            using var request = Request(HttpMethod.Get, "instances?instanceIdPrefix=p-&top=3");
            if (token is not null)
                request.Headers.Add("x-ms-continuation-token", token);
            var page = await _host.Client.SendAsync(request);
            found.AddRange((await page.Content.ReadFromJsonAsync<JsonElement>()).EnumerateArray().Select(e => Text(e, "instanceId")!));
            token = page.Headers.TryGetValues("x-ms-continuation-token", out var values) ? values.Single() : null;
        }
        while (token is not null);

        Assert.Equal(7, found.Count);
        Assert.Equal(7, found.Distinct().Count());
        var completed = (await GetAsync("instances?instanceIdPrefix=p-&runtimeStatus=Completed,Failed")).EnumerateArray().Select(e => Text(e, "instanceId"));
        Assert.Equal(["p-0", "p-2", "p-4", "p-6"], completed.Order());
        Assert.Equal(4, (await GetAsync("instances?instanceIdPrefix=p-&runtimeStatus=Completed&runtimeStatus=Canceled")).GetArrayLength());
        Assert.Equal(0, (await GetAsync("instances?instanceIdPrefix=p-&runtimeStatus=ContinuedAsNew")).GetArrayLength()); // old names, which tools still ask for
    }

    [Fact]
    public async Task PurgeByFilter_RemovesFinishedInstancesOfThatTimeOnly()
    {
        await PostAsync("orchestrators/Echo/old?timeout=20");
        await PostAsync("orchestrators/Greet/running");

        var purged = await SendAsync(HttpMethod.Delete, "instances?createdTimeFrom=2026-01-01T00:00:00Z&runtimeStatus=Completed");

        Assert.Equal("""{"instancesDeleted":1}""", await purged.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Delete, "instances?createdTimeFrom=2026-01-01T00:00:00Z")).StatusCode);
        Assert.NotNull(await Durable.GetInstanceAsync("running", CancellationToken.None));
    }

    [Theory]
    [InlineData("/start")]
    [InlineData("/start?sync")]
    public async Task CreateCheckStatusResponse_FromAFunction_GivesAddressesThatWork(string path)
    {
        var answer = await _host.Client.PostAsync(path, null);
        var addresses = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(Text(addresses, "statusQueryGetUri"), answer.Headers.Location!.OriginalString);
        var instance = await _host.Client.GetFromJsonAsync<JsonElement>(Text(addresses, "statusQueryGetUri"));
        Assert.Equal(Text(addresses, "id"), Text(instance, "instanceId"));
        Assert.Equal(HttpStatusCode.Accepted, (await _host.Client.PostAsync(Text(addresses, "terminatePostUri")!.Replace("{text}", "x", StringComparison.Ordinal), null)).StatusCode);
    }

    [Fact]
    public async Task CreateHttpManagementPayload_WithoutRequest_NamesTheHostAndFindsOddIds()
    {
        var addresses = await _host.Client.GetFromJsonAsync<JsonElement>("/addresses");
        await Durable.ScheduleNewOrchestrationInstanceAsync("Greet", new EmbeddedFunctions.DurableTask.StartOrchestrationOptions("some id/with slash"));

        Assert.StartsWith(_host.BaseAddress.GetLeftPart(UriPartial.Authority), Text(addresses, "statusQueryGetUri"), StringComparison.Ordinal);
        Assert.Equal("some id/with slash", Text(await _host.Client.GetFromJsonAsync<JsonElement>(Text(addresses, "statusQueryGetUri")), "instanceId"));
    }

    private static string? Name(JsonElement element) => Text(element, "name");

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private HttpRequestMessage Request(HttpMethod method, string path, string? body = null) => new(method, $"{Api}/{path}")
    {
        Headers = { { HostKeys.Header, _key } },
        Content = body is null ? null : Json(body),
    };

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body = null)
    {
        using var request = Request(method, path, body);
        return await _host.Client.SendAsync(request);
    }

    private Task<HttpResponseMessage> PostAsync(string path, string? body = null) => SendAsync(HttpMethod.Post, path, body);

    private async Task<JsonElement> GetAsync(string path) => await (await SendAsync(HttpMethod.Get, path)).Content.ReadFromJsonAsync<JsonElement>();

    private Task StatusAsync(string id, string status) => Until.TrueAsync(async () => Text(await GetAsync($"instances/{id}"), "runtimeStatus") == status, status);
}
