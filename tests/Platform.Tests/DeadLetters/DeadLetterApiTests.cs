using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.DeadLetters;
using Platform.Events;
using Platform.Identity;
using Platform.Organizations;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;

namespace Platform.Tests.DeadLetters;

public abstract class DeadLetterApiTests(PlatformApp app)
{
    [Fact]
    public async Task Messages_OfTheCaller_AreListedCountedAndShown()
    {
        var user = await app.CreateUserAsync();
        var first = await FailAsync(user, "execution_events", "execution_requested");
        var second = await FailAsync(user, "saga_events", "saga_started");
        var third = await FailAsync(user, "saga_events", "saga_completed");
        await FailAsync(await app.CreateUserAsync(), "saga_events", "saga_started");

        var list = await GetAsync(user, "/api/v1/dlq/messages?limit=2");
        Assert.Equal([third, second], list.GetProperty("messages").EnumerateArray().Select(Id));
        Assert.Equal((3, 0, 2), (list.GetProperty("total").GetInt32(), list.GetProperty("offset").GetInt32(), list.GetProperty("limit").GetInt32()));
        var shown = list.GetProperty("messages")[0];
        Assert.Equal(
            ["event_id", "event_type", "original_topic", "error", "retry_count", "failed_at", "status", "age_seconds", "details"], shown.EnumerateObject().Select(member => member.Name));
        Assert.Equal(["producer_id", "dlq_offset", "dlq_partition", "last_error", "next_retry_at"], shown.GetProperty("details").EnumerateObject().Select(member => member.Name));
        Assert.Equal([first], (await GetAsync(user, "/api/v1/dlq/messages?offset=2")).GetProperty("messages").EnumerateArray().Select(Id));
        Assert.Equal([third], (await GetAsync(user, "/api/v1/dlq/messages?topic=saga_events&event_type=saga_completed&status=scheduled")).GetProperty("messages").EnumerateArray().Select(Id));
        Assert.Equal(0, (await GetAsync(user, "/api/v1/dlq/messages?status=discarded")).GetProperty("total").GetInt32());

        var stats = await GetAsync(user, "/api/v1/dlq/stats");
        Assert.Equal(3, stats.GetProperty("by_status").GetProperty("scheduled").GetInt32());
        Assert.Equal(("saga_events", 2, 0), (Text(stats.GetProperty("by_topic")[0], "topic"), stats.GetProperty("by_topic")[0].GetProperty("count").GetInt32(), stats.GetProperty("by_topic")[0].GetProperty("avg_retry_count").GetInt32()));
        Assert.Equal(["execution_requested", "saga_completed", "saga_started"], stats.GetProperty("by_event_type").EnumerateArray().Select(type => Text(type, "event_type")));
        var ages = stats.GetProperty("age_stats");
        Assert.InRange(ages.GetProperty("avg_age").GetDouble(), ages.GetProperty("min_age").GetDouble(), ages.GetProperty("max_age").GetDouble());

        var topics = await GetAsync(user, "/api/v1/dlq/topics");
        Assert.Equal([("saga_events", 2), ("execution_events", 1)], topics.EnumerateArray().Select(topic => (Text(topic, "topic"), topic.GetProperty("total_messages").GetInt32())));
        Assert.True(topics[0].GetProperty("oldest_message").GetDateTimeOffset() <= topics[0].GetProperty("newest_message").GetDateTimeOffset());
        Assert.Equal((2, 0), (topics[0].GetProperty("status_breakdown").GetProperty("scheduled").GetInt32(), topics[0].GetProperty("max_retry_count").GetInt32()));
    }

    [Fact]
    public async Task Stats_WithoutMessages_AreEmpty()
    {
        var stats = await GetAsync(await app.CreateUserAsync(), "/api/v1/dlq/stats");
        Assert.Empty(stats.GetProperty("by_status").EnumerateObject());
        Assert.Equal(0, stats.GetProperty("age_stats").GetProperty("max_age").GetDouble());
    }

    [Fact]
    public async Task Message_OfAnotherUser_IsNotFoundForOthersAndOpenToOperators()
    {
        var (owner, other, admin) = (await app.CreateUserAsync(), await app.CreateUserAsync(), await app.OperatorAsync());
        var id = await FailAsync(owner, "saga_events", "execution_completed");

        foreach (var unknown in new[] { $"{id}", $"{Guid.CreateVersion7()}", "not-an-id" })
        {
            var answer = await other.Client.GetAsync($"/api/v1/dlq/messages/{unknown}");
            Assert.Equal((HttpStatusCode.NotFound, "Message not found"), (answer.StatusCode, await DetailAsync(answer)));
            answer = await other.Client.DeleteAsync($"/api/v1/dlq/messages/{unknown}?reason=x");
            Assert.Equal((HttpStatusCode.NotFound, "Message not found or already in terminal state"), (answer.StatusCode, await DetailAsync(answer)));
        }

        Assert.Equal("Message not found", Text((await PostAsync(other, "/api/v1/dlq/retry", new { event_ids = new[] { id } })).Body.GetProperty("details")[0], "error"));
        foreach (var reader in new[] { owner, admin })
        {
            var message = await GetAsync(reader, $"/api/v1/dlq/messages/{id}");
            var error = reader == admin ? "boom" : "notifications could not handle the event";
            Assert.Equal(("saga_events", "notifications", error, "scheduled"), (Text(message, "original_topic"), Text(message, "consumer"), Text(message, "error"), Text(message, "status")));
            Assert.Equal(id, Id(message.GetProperty("event")));
            Assert.Equal("é", Text(message.GetProperty("event").GetProperty("payload"), "name"));
        }

        Assert.Equal(1, await AskAsync(db => db.AuditEntries.CountAsync(entry => entry.Action == "operator.access" && entry.ResourceId == id.ToString())));
    }

    [Fact]
    public async Task Retry_ABatch_AnswersForEach()
    {
        var user = await app.CreateUserAsync();
        var (wanted, gone) = (await FailAsync(user, "saga_events", "execution_completed", "execution-service"), await FailAsync(user, "saga_events", "execution_completed"));
        Assert.Equal(HttpStatusCode.OK, (await user.Client.DeleteAsync($"/api/v1/dlq/messages/{gone}?reason=useless")).StatusCode);
        var unknown = Guid.CreateVersion7();

        var (status, outcome) = await PostAsync(user, "/api/v1/dlq/retry", new { event_ids = new[] { $"{wanted}", $"{wanted}", $"{gone}", $"{unknown}", "no id" } });

        Assert.Equal((HttpStatusCode.OK, 4, 1, 3), (status, outcome.GetProperty("total").GetInt32(), outcome.GetProperty("successful").GetInt32(), outcome.GetProperty("failed").GetInt32()));
        Assert.Equal(
            [($"{wanted}", "success", null), ($"{gone}", "failed", "Message already discarded"), ($"{unknown}", "failed", "Message not found"), ("no id", "failed", "Message not found")],
            outcome.GetProperty("details").EnumerateArray().Select(detail => (Text(detail, "event_id"), Text(detail, "status"), detail.TryGetProperty("error", out var error) ? error.GetString() : null)));
        Assert.Equal("Message already retried", Text((await PostAsync(user, "/api/v1/dlq/retry", new { event_ids = new[] { wanted } })).Body.GetProperty("details")[0], "error"));
        await Until.TrueAsync(
            async () => (await GetAsync(user, "/api/v1/notifications")).GetProperty("notifications").GetArrayLength() == 1, "the consumer that had failed has told the user");
        Assert.Equal(("retried", "discarded"), (await StatusAsync(user, wanted), await StatusAsync(user, gone)));
        Assert.Equal(["dlq.discard", "dlq.retry", "dlq.retry"], await AskAsync(db => db.AuditEntries.Where(entry => entry.ActorId == user.Id && entry.ResourceType.StartsWith("dlq")).OrderBy(entry => entry.Action).Select(entry => entry.Action).ToListAsync()));
    }

    [Fact]
    public async Task Retry_OneMessageByManyAtOnce_HappensOnce()
    {
        var user = await app.CreateUserAsync();
        var id = await FailAsync(user, "saga_events", "execution_completed", "execution-service");

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PostAsync(user, "/api/v1/dlq/retry", new { event_ids = new[] { id } })));

        Assert.Equal(1, outcomes.Sum(outcome => outcome.Body.GetProperty("successful").GetInt32()));
        Assert.All(outcomes.Where(outcome => outcome.Body.GetProperty("failed").GetInt32() == 1), outcome => Assert.Equal("Message already retried", Text(outcome.Body.GetProperty("details")[0], "error")));
        Assert.Equal(1, await AskAsync(db => db.Events.CountAsync(e => e.EventType == "dlq_message_retried" && e.UserId == user.Id)));
    }

    [Fact]
    public async Task Discard_ByItsOwner_KeepsTheReason()
    {
        var user = await app.CreateUserAsync();
        var id = await FailAsync(user, "saga_events", "execution_completed");
        foreach (var query in new[] { "", "?reason=", $"?reason={new string('x', 501)}" })
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await user.Client.DeleteAsync($"/api/v1/dlq/messages/{id}{query}")).StatusCode);

        var answer = await user.Client.DeleteAsync($"/api/v1/dlq/messages/{id}?reason=not%20needed");

        Assert.Equal($"Message {id} discarded", Text(await answer.Content.ReadFromJsonAsync<JsonElement>(), "message"));
        var message = await GetAsync(user, $"/api/v1/dlq/messages/{id}");
        Assert.Equal(("discarded", "manual: not needed"), (Text(message, "status"), Text(message, "discard_reason")));
        Assert.Equal(HttpStatusCode.NotFound, (await user.Client.DeleteAsync($"/api/v1/dlq/messages/{id}?reason=again")).StatusCode);
    }

    [Fact]
    public async Task Policy_OfAnOrganization_HoldsForItsMessagesOnly()
    {
        var (owner, member, stranger) = (await app.CreateUserAsync(), await app.CreateUserAsync(), await app.CreateUserAsync());
        await app.JoinAsync(member, owner, OrganizationRole.Member);
        var manual = new { topic = "saga-events", strategy = "manual" };
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(member, "/api/v1/dlq/retry-policy", manual)).Status);

        var (status, body) = await PostAsync(owner, "/api/v1/dlq/retry-policy", manual);

        Assert.Equal((HttpStatusCode.OK, "Retry policy set for topic saga_events"), (status, Text(body, "message")));
        var (ours, theirs) = (await FailAsync(owner, "saga_events", "saga_started"), await FailAsync(stranger, "saga_events", "saga_started"));
        Assert.Equal(("pending", "scheduled"), (await StatusAsync(owner, ours), await StatusAsync(stranger, theirs)));
        Assert.Equal(1, await AskAsync(db => db.AuditEntries.CountAsync(entry => entry.ActorId == owner.Id && entry.Action == "dlq.policy_set" && entry.ResourceId == "saga_events")));
    }

    [Fact]
    public async Task Policy_OfAnOperator_IsThePlatforms()
    {
        var admin = await app.OperatorAsync();
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(admin, "/api/v1/dlq/retry-policy", new { topic = "user_events", strategy = "fixed_interval", base_delay_seconds = 7200, max_delay_seconds = 7200 })).Status);

        var user = await app.CreateUserAsync();
        var message = await GetAsync(user, $"/api/v1/dlq/messages/{await FailAsync(user, "user_events", "user_updated")}");

        Assert.Equal(TimeSpan.FromHours(2), message.GetProperty("next_retry_at").GetDateTimeOffset() - message.GetProperty("failed_at").GetDateTimeOffset());
    }

    [Theory]
    [InlineData("""{"strategy":"manual"}""", "topic", "missing")]
    [InlineData("""{"topic":"no_such_topic","strategy":"manual"}""", "topic", "enum")]
    [InlineData("""{"topic":"saga_events","strategy":"sometimes"}""", "strategy", "enum")]
    [InlineData("""{"topic":"saga_events"}""", "strategy", "missing")]
    [InlineData("""{"topic":"saga_events","strategy":"manual","max_retries":101}""", "max_retries", "less_than_equal")]
    [InlineData("""{"topic":"saga_events","strategy":"manual","max_retries":-1}""", "max_retries", "greater_than_equal")]
    [InlineData("""{"topic":"saga_events","strategy":"manual","base_delay_seconds":86401}""", "base_delay_seconds", "less_than_equal")]
    [InlineData("""{"topic":"saga_events","strategy":"manual","base_delay_seconds":100,"max_delay_seconds":99}""", "max_delay_seconds", "value_error")]
    [InlineData("""{"topic":"saga_events","strategy":"manual","retry_multiplier":0.5}""", "retry_multiplier", "greater_than_equal")]
    public async Task Policy_NotWithinTheLimits_IsRefusedWithItsPlace(string body, string field, string type)
    {
        var user = await app.CreateUserAsync();
        var answer = await user.Client.PostAsync("/api/v1/dlq/retry-policy", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var problem = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail")[0];
        Assert.Equal(("body", field, type), (problem.GetProperty("loc")[0].GetString(), problem.GetProperty("loc")[1].GetString(), Text(problem, "type")));
    }

    [Fact]
    public async Task Requests_OutOfBounds_AreRefused()
    {
        var user = await app.CreateUserAsync();
        foreach (var query in new[] { "limit=0", "limit=1001", "offset=-1", "status=lost" })
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await user.Client.GetAsync($"/api/v1/dlq/messages?{query}")).StatusCode);
        foreach (var ids in new[] { [], Enumerable.Range(0, 101).Select(i => $"{i}").ToArray(), [new string('x', 65)] })
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PostAsync(user, "/api/v1/dlq/retry", new { event_ids = ids })).Status);
    }

    /// <summary>An event of the user that the consumer of notifications could not handle.</summary>
    private async Task<Guid> FailAsync(TestUser user, string topic, string type, string producer = "somebody")
    {
        var place = await app.PlaceOfAsync(user);
        var raised = await AskAsync(async db =>
        {
            var aggregate = $"{Guid.CreateVersion7()}";
            db.Add(new ConsumerOffset { Consumer = "notifications", AggregateId = aggregate, Sequence = long.MaxValue, UpdatedAt = DateTimeOffset.UtcNow }); // has dealt with it: only a retry gets through
            var raised = db.Raise(new EventDraft
            {
                EventType = type,
                Topic = topic,
                AggregateId = aggregate,
                Payload = """{"name":"é"}""",
                UserId = user.Id,
                OrganizationId = place.OrganizationId,
                ServiceName = producer,
            });
            await db.SaveChangesAsync();
            return raised;
        });
        await app.Services.GetRequiredService<DeadLetterQueue>().AddAsync("notifications", raised, "boom", CancellationToken.None);
        return raised.EventId;
    }

    private static async Task<string> StatusAsync(TestUser user, Guid id) => Text(await GetAsync(user, $"/api/v1/dlq/messages/{id}"), "status");

    private async Task<T> AskAsync<T>(Func<PlatformDbContext, Task<T>> question)
    {
        await using var scope = app.As(Caller.Platform);
        return await question(scope.ServiceProvider.GetRequiredService<PlatformDbContext>());
    }

    private static Task<JsonElement> GetAsync(TestUser user, string path) => user.Client.GetFromJsonAsync<JsonElement>(path);

    private static Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(TestUser user, string path, object body) => new ExecutionClient(user).PostAsync(path, body);

    private static async Task<string> DetailAsync(HttpResponseMessage answer) => Text(await answer.Content.ReadFromJsonAsync<JsonElement>(), "detail");

    private static Guid Id(JsonElement message) => message.GetProperty("event_id").GetGuid();

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}

public sealed class DeadLetterApiOnSqliteTests(SqliteApp fixture) : DeadLetterApiTests(fixture.App), IClassFixture<SqliteApp>;

public sealed class DeadLetterApiOnPostgresTests(PostgresApp fixture) : DeadLetterApiTests(fixture.App), IClassFixture<PostgresApp>;
