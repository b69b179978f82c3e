using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Executions;

public sealed class QueueApiTests
{
    private const string Sleep = "import time; time.sleep(60)";

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Queue_ForOperators_ShowsTheOrderAndLetsThemChangeIt(Db db)
    {
        await using var app = await PlatformApp.StartAsync(db, settings: ("SystemSettings:ExecutionLimits:MaxConcurrentExecutions", "1"));
        var (user, other, admin) = (new ExecutionClient(await app.CreateUserAsync()), new ExecutionClient(await app.CreateUserAsync()), new ExecutionClient(await app.OperatorAsync()));
        var running = await user.StartAsync(Sleep);
        Guid[] waiting = [await user.StartAsync("print(1)"), await other.StartAsync("print(2)"), await other.StartAsync(new { script = "print(3)", priority = "low" })];

        var page = await admin.GetAsync("/api/v1/admin/queue");
        Assert.Equal([(running, null), (waiting[0], 1), (waiting[1], 2), (waiting[2], 3)], page.GetProperty("executions").EnumerateArray().Select(Place));
        Assert.Equal(("""{"critical":0,"high":0,"normal":2,"low":1,"background":0}""", 1, 3, 1, 4), (page.GetProperty("depth").GetRawText(), Number(page, "active"), Number(page, "waiting"), Number(page, "max_concurrent_executions"), Number(page, "total")));
        Assert.False(page.GetProperty("executions")[0].TryGetProperty("script", out _));
        Assert.Equal([(waiting[1], 2)], (await admin.GetAsync("/api/v1/admin/queue?limit=1&offset=2")).GetProperty("executions").EnumerateArray().Select(Place));
        Assert.Equal([(waiting[2], 3)], (await admin.GetAsync("/api/v1/admin/queue?state=waiting&offset=2")).GetProperty("executions").EnumerateArray().Select(Place));
        Assert.Equal([(running, null)], (await admin.GetAsync("/api/v1/admin/queue?state=active")).GetProperty("executions").EnumerateArray().Select(Place));

        var (status, moved) = await PutAsync(admin, waiting[2], new { priority = "critical", reason = "urgent" });
        Assert.Equal((HttpStatusCode.OK, (waiting[2], 1), "critical"), (status, Place(moved), moved.GetProperty("priority").GetString()));
        Assert.Equal([waiting[2], waiting[0], waiting[1]], (await admin.GetAsync("/api/v1/admin/queue?state=waiting")).GetProperty("executions").EnumerateArray().Select(entry => Place(entry).Id));
        await using (var scope = app.As(Caller.Platform))
        {
            var entry = await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().AuditEntries.SingleAsync(found => found.Action == "execution.prioritize");
            Assert.Equal(($"{waiting[2]}", "urgent", "priority"), (entry.ResourceId, entry.Reason, Assert.Single(entry.ReadChanges()).Field));
        }

        await user.PostAsync($"/api/v1/{running}/cancel");
        List<(Guid Id, DateTimeOffset End)> ends = [];
        foreach (var (client, id) in new[] { (other, waiting[2]), (user, waiting[0]), (other, waiting[1]) })
            ends.Add((id, (await client.UntilAsync(id, "completed")).GetProperty("completed_at").GetDateTimeOffset()));
        Assert.Equal([waiting[2], waiting[0], waiting[1]], ends.OrderBy(end => end.End).Select(end => end.Id));
        Assert.Equal(HttpStatusCode.BadRequest, (await PutAsync(admin, waiting[0], new { priority = "low" })).Status);
    }

    [Fact]
    public async Task Queue_ForOthers_IsClosedAndBadInputIsRefused()
    {
        await using var app = await PlatformApp.StartAsync(settings: ("SystemSettings:ExecutionLimits:MaxConcurrentExecutions", "1"));
        var (user, admin) = (new ExecutionClient(await app.CreateUserAsync()), new ExecutionClient(await app.OperatorAsync()));
        var running = await user.StartAsync(Sleep);
        var waiting = await user.StartAsync("print(1)");

        Assert.Equal(HttpStatusCode.Forbidden, (await user.Http.GetAsync("/api/v1/admin/queue")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await PutAsync(user, waiting, new { priority = "high" })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await admin.Http.GetAsync("/api/v1/admin/queue?limit=201")).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PutAsync(admin, waiting, new { priority = "urgent" })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PutAsync(admin, waiting, new { })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await PutAsync(admin, Guid.CreateVersion7(), new { priority = "high" })).Status);
        var (status, refused) = await PutAsync(admin, running, new { priority = "high" });
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.StartsWith("Cannot change priority of execution in ", refused.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await user.PostAsync($"/api/v1/{running}/cancel");
        await user.UntilAsync(waiting, "completed");
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> PutAsync(ExecutionClient client, Guid id, object body)
    {
        var answer = await client.Http.PutAsJsonAsync($"/api/v1/admin/queue/{id}/priority", body);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    private static (Guid Id, int? Position) Place(JsonElement entry) =>
        (entry.GetProperty("execution_id").GetGuid(), entry.GetProperty("position").ValueKind == JsonValueKind.Null ? null : entry.GetProperty("position").GetInt32());

    private static int Number(JsonElement page, string name) => page.GetProperty(name).GetInt32();
}
