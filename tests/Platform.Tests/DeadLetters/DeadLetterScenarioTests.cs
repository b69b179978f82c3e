using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

using Platform.Tests.Executions;
using Platform.Tests.Fixtures;

namespace Platform.Tests.DeadLetters;

/// <summary>An event that its consumer cannot handle, with the app's own consumer and timers on a clock that runs faster.</summary>
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

        var scheduled = await PublishAsync(client);
        var letter = await MessageAsync(client, scheduled, "scheduled");
        Assert.Equal(("execution_completed", "execution_completed", 0), (Text(letter, "original_topic"), Text(letter, "event_type"), letter.GetProperty("retry_count").GetInt32()));
        Assert.NotEqual(JsonValueKind.Null, letter.GetProperty("next_retry_at").ValueKind);
        var tried = letter.GetProperty("failed_at").GetDateTimeOffset() - letter.GetProperty("event").GetProperty("timestamp").GetDateTimeOffset();
        Assert.InRange(tried, TimeSpan.FromSeconds(1 + 5 + 15), TimeSpan.MaxValue); // the three tries in place were before

        var (status, _) = await client.PostAsync("/api/v1/dlq/retry-policy", new { topic = "execution_completed", strategy = "immediate", max_retries = 1, base_delay_seconds = 0, max_delay_seconds = 0 });
        Assert.Equal(HttpStatusCode.OK, status);
        var discarded = await MessageAsync(client, await PublishAsync(client), "discarded");
        Assert.Equal(("max_retries_exceeded", 1), (Text(discarded, "discard_reason"), discarded.GetProperty("retry_count").GetInt32()));
        Assert.Equal("Message already discarded", await RetryAsync(client, discarded.GetProperty("event_id").GetGuid()));

        // By hand: retried at once; the policy of now ends it when it fails again.
        Assert.Null(await RetryAsync(client, scheduled));
        Assert.Equal("Message already retried", await RetryAsync(client, scheduled));
        Assert.Equal(1, (await MessageAsync(client, scheduled, "discarded")).GetProperty("retry_count").GetInt32());

        await client.PostAsync("/api/v1/dlq/retry-policy", new { topic = "execution_completed", strategy = "manual" });
        var waiting = await PublishAsync(client);
        await MessageAsync(client, waiting, "pending");
        Assert.Equal(HttpStatusCode.OK, (await admin.Client.DeleteAsync($"/api/v1/dlq/messages/{waiting}?reason=enough")).StatusCode);
        Assert.Equal("manual: enough", Text(await MessageAsync(client, waiting, "discarded"), "discard_reason"));
    }

    /// <summary>Publishes an event that names an execution which never was.</summary>
    private static async Task<Guid> PublishAsync(ExecutionClient admin)
    {
        var id = Guid.CreateVersion7();
        var payload = new { execution_id = id, stdout = "", stderr = "", exit_code = 0, resource_usage = new { execution_time_wall_seconds = 0.1 } };
        var (status, body) = await admin.PostAsync("/api/v1/events/publish", new { event_type = "execution_completed", aggregate_id = $"{id}", payload });
        Assert.Equal((HttpStatusCode.OK, "published"), (status, Text(body, "status")));
        return body.GetProperty("event_id").GetGuid();
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
