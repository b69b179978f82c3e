using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Events;
using Platform.Identity;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;

namespace Platform.Tests.DeadLetters;

/// <summary>Acceptance scenario 10 of executions.md §8, with the app's own consumer and timers on a clock that runs faster.</summary>
public sealed class DeadLetterScenarioTests
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task CompletionOfAnUnknownExecution_IsScheduledRetriedAndDiscardedAsItsPolicySays(Db db)
    {
        await using var app = await PlatformApp.StartAsync(db, services => services.AddSingleton<TimeProvider>(new FastClock(8)), settings: ("RateLimit:Limits:api", "1000000"));
        var admin = await app.OperatorAsync();
        var client = new ExecutionClient(admin);

        var scheduled = await PublishAsync(app, admin);
        var letter = await MessageAsync(client, scheduled, "scheduled");
        Assert.Equal(("execution_completed", "execution_completed", 0), (Text(letter, "original_topic"), Text(letter, "event_type"), letter.GetProperty("retry_count").GetInt32()));
        Assert.NotEqual(JsonValueKind.Null, letter.GetProperty("next_retry_at").ValueKind);

        var (status, _) = await client.PostAsync("/api/v1/dlq/retry-policy", new { topic = "execution_completed", strategy = "immediate", max_retries = 1, base_delay_seconds = 0, max_delay_seconds = 0 });
        Assert.Equal(HttpStatusCode.OK, status);
        var discarded = await MessageAsync(client, await PublishAsync(app, admin), "discarded");
        Assert.Equal(("max_retries_exceeded", 1), (Text(discarded, "discard_reason"), discarded.GetProperty("retry_count").GetInt32()));
        Assert.Equal("Message already discarded", await RetryAsync(client, discarded.GetProperty("event_id").GetGuid()));

        // By hand: retried at once; the policy of now ends it when it fails again.
        Assert.Null(await RetryAsync(client, scheduled));
        Assert.Equal("Message already retried", await RetryAsync(client, scheduled));
        Assert.Equal(1, (await MessageAsync(client, scheduled, "discarded")).GetProperty("retry_count").GetInt32());

        await client.PostAsync("/api/v1/dlq/retry-policy", new { topic = "execution_completed", strategy = "manual" });
        var waiting = await PublishAsync(app, admin);
        await MessageAsync(client, waiting, "pending");
        Assert.Equal(HttpStatusCode.OK, (await admin.Client.DeleteAsync($"/api/v1/dlq/messages/{waiting}?reason=enough")).StatusCode);
        Assert.Equal("manual: enough", Text(await MessageAsync(client, waiting, "discarded"), "discard_reason"));
    }

    /// <summary>As POST /events/publish does: an event that names an execution which never was.</summary>
    private static async Task<Guid> PublishAsync(PlatformApp app, TestUser publisher)
    {
        var place = await app.PlaceOfAsync(publisher);
        await using var scope = app.As(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var id = Guid.CreateVersion7();
        var raised = db.Raise(new EventDraft
        {
            EventType = "execution_completed",
            Topic = "execution_completed",
            AggregateId = $"{id}",
            UserId = publisher.Id,
            OrganizationId = place.OrganizationId,
            ServiceName = "api",
            Payload = JsonSerializer.Serialize(new { execution_id = id, stdout = "", stderr = "", exit_code = 0, resource_usage = new { execution_time_wall_seconds = 0.1 } }),
        });
        await db.SaveChangesAsync();
        return raised.EventId;
    }

    private static async Task<JsonElement> MessageAsync(ExecutionClient client, Guid id, string status)
    {
        var path = $"/api/v1/dlq/messages/{id}";
        await Until.TrueAsync(
            async () => await client.Http.GetAsync(path) is { StatusCode: HttpStatusCode.OK } answer && Text(await answer.Content.ReadFromJsonAsync<JsonElement>(), "status") == status,
            $"the message is {status}", seconds: 60);
        return await client.GetAsync(path);
    }

    private static async Task<string?> RetryAsync(ExecutionClient client, Guid id)
    {
        var (status, body) = await client.PostAsync("/api/v1/dlq/retry", new { event_ids = new[] { id } });
        Assert.Equal(HttpStatusCode.OK, status);
        return body.GetProperty("details")[0].TryGetProperty("error", out var error) ? error.GetString() : null;
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
