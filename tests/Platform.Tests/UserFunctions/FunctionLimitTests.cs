using System.Net;

using Platform.Tests.Fixtures;

namespace Platform.Tests.UserFunctions;

/// <summary>What happens where there is no room.</summary>
public sealed class FunctionLimitTests
{
    [Fact]
    public async Task Invocations_BeyondConcurrencyAndQueue_Are429AndRecorded()
    {
        await using var app = await PlatformApp.StartAsync(settings: [("Functions:MaxQueued", "1")]);
        var client = await FunctionClient.StartAsync(app);
        var id = await client.ServingAsync("exports.handler = () => new Promise((done) => setTimeout(done, 300))", more: new { maxConcurrency = 1 });

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => client.InvokeAsync(id)));

        Assert.Equal(2, answers.Count(answer => answer.Status == HttpStatusCode.OK));
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer => Assert.Equal((429, "concurrency_limit"), answer.Refusal));
        Assert.Equal(4, (await client.LogsAsync(id, "?status=throttled")).Ok().Body.GetProperty("total").GetInt32());
        Assert.Equal(4, (await client.MetricsAsync(id)).Ok().Data.GetProperty("throttles").GetInt32());
    }

    [Fact]
    public async Task Workers_BeyondThoseOfTheHost_TakeTheRoomOfTheIdlest()
    {
        await using var app = await PlatformApp.StartAsync(settings: [("Functions:MaxWorkers", "2")]);
        var client = await FunctionClient.StartAsync(app);
        List<Guid> ids = [];
        foreach (var name in new[] { "one", "two", "three" })
            ids.Add(await client.ServingAsync("exports.handler = () => process.env.PLATFORM_FUNCTION_NAME", name: name));

        foreach (var (id, name) in ids.Zip(["one", "two", "three"]))
            Assert.Equal(name, (await client.InvokeAsync(id)).Ok().Data.GetProperty("result").GetString());

        var workers = await Task.WhenAll(ids.Select(async id => (await client.GetAsync(id)).Ok().Data.GetProperty("pool").GetProperty("warm").GetInt32()));
        Assert.InRange(workers.Sum(), 1, 2);
    }

    [Fact]
    public async Task Worker_AfterItsInvocations_IsReplaced()
    {
        await using var app = await PlatformApp.StartAsync(settings: [("Functions:InvocationsPerWorker", "2")]);
        var client = await FunctionClient.StartAsync(app);
        var id = await client.ServingAsync("let n = 0; exports.handler = () => ++n", more: new { healthCheck = new { enabled = false } });

        List<int> counts = [];
        for (var i = 0; i < 5; i++)
            counts.Add((await client.InvokeAsync(id)).Ok().Data.GetProperty("result").GetInt32());

        Assert.Equal([1, 2, 1, 2, 1], counts);
    }

    [Fact]
    public async Task Project_WithAsManyFunctionsAsItMayHave_TakesNoMore()
    {
        await using var app = await PlatformApp.StartAsync(settings: [("Functions:MaxPerProject", "1")]);
        var client = await FunctionClient.StartAsync(app);
        (await client.CreateAsync(new { name = "one", runtime = "node", code = "x", deploy = false })).Ok(HttpStatusCode.Created);

        Assert.Equal((409, "function_limit"), (await client.CreateAsync(new { name = "two", runtime = "node", code = "x", deploy = false })).Refusal);
    }
}
