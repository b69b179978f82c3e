using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.DeadLetters;
using Platform.Identity;
using Platform.Organizations;
using Platform.Tests.Fixtures;
using Platform.Tests.Identity;
using Platform.Webhooks;

namespace Platform.Tests.Webhooks;

/// <summary>Deliveries and webhooks that come to an end: exhausted, repeated by hand, switched off, past their retention, without their organization.</summary>
public sealed class WebhookEndTests(WebhookLabs labs) : IClassFixture<WebhookLabs>
{
    private static readonly object OneTry = new { maxAttempts = 1, disableAfterFailures = 3 };

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Exhausted_IsADeadLetter_AndItsRetryAnotherAttempt(Db database)
    {
        var lab = await labs.GetAsync(database);
        var user = await lab.App.CreateUserAsync();
        var (first, second) = (await lab.CreateAsync(user, new { retryPolicy = OneTry }), await lab.CreateAsync(user, new { retryPolicy = OneTry }));
        lab.Receiver.Answer(first.Path, 500, 500);
        lab.Receiver.Answer(second.Path, 503);
        var raised = await lab.RaiseAsync(user);
        await lab.UntilAsync(first.Id, DeliveryStatus.Failed);
        await lab.UntilAsync(second.Id, DeliveryStatus.Failed);

        var letter = await LetterAsync(lab, raised.EventId);
        Assert.Equal((DeadLetterStatus.Pending, WebhookConsumer.Subscription, "build.completed"), (letter.Status, letter.Consumer, letter.EventType));
        await RetryAsync();

        await lab.UntilAsync(second.Id, DeliveryStatus.Delivered);
        await lab.UntilAsync(first.Id, row => row is { Status: DeliveryStatus.Failed, AttemptCount: 2 }, "the first one has failed again");
        await Until.TrueAsync(async () => (await LetterAsync(lab, raised.EventId)).Status == DeadLetterStatus.Pending, "the dead letter waits again");
        await RetryAsync();
        await lab.UntilAsync(first.Id, DeliveryStatus.Delivered);
        Assert.Equal(DeadLetterStatus.Retried, (await LetterAsync(lab, raised.EventId)).Status);
        Assert.Equal(3, lab.Receiver.At(first.Path).Count);
        Assert.Equal(2, lab.Receiver.At(second.Path).Count);

        async Task RetryAsync()
        {
            await using var scope = lab.App.As(Caller.Platform);
            Assert.Null(await scope.ServiceProvider.GetRequiredService<RetryDeadLetters>().RetryAsync(raised.EventId, CancellationToken.None));
        }
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Retry_ByHand_IsOneAttemptUnderTheSameId(Db database)
    {
        var lab = await labs.GetAsync(database);
        var user = await lab.App.CreateUserAsync();
        var hook = await lab.CreateAsync(user, new { retryPolicy = new { maxAttempts = 2, initialDelaySeconds = 3600 } });
        lab.Receiver.Answer(hook.Path, 500);
        var raised = await lab.RaiseAsync(user);
        var delivery = await lab.UntilAsync(hook.Id, DeliveryStatus.Retrying);
        var route = $"{hook.Route}/deliveries/{delivery.Id}/retry";
        Assert.Equal((HttpStatusCode.Conflict, "delivery_in_progress"), Refusal(await WebhookLab.SendAsync(user, HttpMethod.Post, route)));
        Assert.Equal(HttpStatusCode.NotFound, (await WebhookLab.SendAsync(user, HttpMethod.Post, $"{hook.Route}/deliveries/{Guid.CreateVersion7()}/retry")).Status);

        await WebhookLab.DoAsync(user, HttpMethod.Patch, hook.Route, new { enabled = false });
        Assert.Equal(DeliveryStatus.Cancelled, Assert.Single(await lab.DeliveriesAsync(hook.Id)).Status);
        Assert.Equal((HttpStatusCode.Conflict, "webhook_disabled"), Refusal(await WebhookLab.SendAsync(user, HttpMethod.Post, route)));
        await WebhookLab.DoAsync(user, HttpMethod.Patch, hook.Route, new { enabled = true });
        lab.Receiver.Answer(hook.Path, 500);
        var (status, answer) = await WebhookLab.SendAsync(user, HttpMethod.Post, route);
        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.Equal(delivery.Id, answer.GetProperty("data").GetProperty("id").GetGuid());

        await lab.UntilAsync(hook.Id, row => row is { Status: DeliveryStatus.Failed, AttemptCount: 2 }, "no series begins");
        await WebhookLab.DoAsync(user, HttpMethod.Post, route);
        await lab.UntilAsync(hook.Id, DeliveryStatus.Delivered);
        Assert.Equal([raised.EventId.ToString()], lab.Receiver.At(hook.Path).Select(received => received.Headers["webhook-id"]).Distinct());
        var attempts = (await lab.LogAsync(user, hook.Id))[0].GetProperty("attempts").EnumerateArray().Select(attempt => attempt.GetProperty("trigger").GetString());
        Assert.Equal(["auto", "manual", "manual"], attempts);
        Assert.Equal(0, (await lab.WebhookAsync(hook.Id)).ConsecutiveFailures);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task TooManyExhausted_DisablesTheWebhook_AndTellsOthers(Db database)
    {
        var lab = await labs.GetAsync(database);
        var (user, admin, member) = (await lab.App.CreateUserAsync(), await lab.App.CreateUserAsync(), await lab.App.CreateUserAsync());
        await lab.App.JoinAsync(admin, user, OrganizationRole.Admin);
        await lab.App.JoinAsync(member, user, OrganizationRole.Member);
        var dead = await lab.CreateAsync(user, new { retryPolicy = OneTry });
        var other = await lab.CreateAsync(user, new { events = new[] { "webhook.disabled" } });
        lab.Receiver.Answer(dead.Path, [.. Enumerable.Repeat(500, 10)]);

        for (var i = 1; i <= 3; i++)
        {
            await lab.RaiseAsync(user);
            await Until.TrueAsync(async () => (await lab.WebhookAsync(dead.Id)).ConsecutiveFailures == i, $"{i} deliveries are exhausted");
        }

        var webhook = await lab.WebhookAsync(dead.Id);
        Assert.Equal((WebhookStatus.Disabled, WebhookDisabledReason.ConsecutiveFailures), (webhook.Status, webhook.DisabledReason));
        await Until.TrueAsync(() => lab.Receiver.At(other.Path).Count == 1, "the other webhook is told");
        var told = lab.Receiver.At(other.Path)[0].Json.GetProperty("data").GetProperty("webhook");
        Assert.Equal((dead.Id, "consecutive_failures"), (told.GetProperty("id").GetGuid(), told.GetProperty("reason").GetString()));
        await Until.TrueAsync(() => lab.App.InDatabaseAsync(async db => await db.Notifications.CountAsync(row => row.RelatedEntityId == dead.Id.ToString()) == 2), "owner and admin are told");
        Assert.False(await lab.App.InDatabaseAsync(db => db.Notifications.AnyAsync(row => row.UserId == member.Id && row.RelatedEntityId == dead.Id.ToString())));
        await lab.RaiseAsync(user);
        Assert.Equal(3, lab.Receiver.At(dead.Path).Count);

        var enabled = await WebhookLab.DoAsync(user, HttpMethod.Patch, dead.Route, new { enabled = true });
        Assert.Equal(("active", 0, JsonValueKind.Null), (enabled.GetProperty("status").GetString(), enabled.GetProperty("consecutiveFailures").GetInt32(), enabled.GetProperty("disabledReason").ValueKind));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Success_BetweenFailures_BeginsTheCountAnew(Db database)
    {
        var lab = await labs.GetAsync(database);
        var user = await lab.App.CreateUserAsync();
        var hook = await lab.CreateAsync(user, new { retryPolicy = new { maxAttempts = 1, disableAfterFailures = 2 } });
        lab.Receiver.Answer(hook.Path, 500, 200, 500);

        foreach (var expected in (int[])[1, 0, 1])
        {
            var raised = await lab.RaiseAsync(user);
            await lab.UntilAsync(hook.Id, row => row.EventId == raised.EventId && !row.IsOpen, "the delivery has ended");
            Assert.Equal(expected, (await lab.WebhookAsync(hook.Id)).ConsecutiveFailures);
        }

        Assert.Equal(WebhookStatus.Active, (await lab.WebhookAsync(hook.Id)).Status);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Gone_EndsDeliveryAndWebhookAtOnce(Db database)
    {
        var lab = await labs.GetAsync(database);
        var user = await lab.App.CreateUserAsync();
        var hook = await lab.CreateAsync(user);
        lab.Receiver.Answer(hook.Path, 410);
        await lab.RaiseAsync(user);

        var failed = await lab.UntilAsync(hook.Id, DeliveryStatus.Failed);

        Assert.Equal(1, failed.AttemptCount);
        var webhook = await lab.WebhookAsync(hook.Id);
        Assert.Equal((WebhookStatus.Disabled, WebhookDisabledReason.Gone), (webhook.Status, webhook.DisabledReason));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Log_PastItsRetention_IsNotRepeatedAndGoes(Db database)
    {
        await using var lab = await WebhookLab.StartAsync(database);
        var user = await lab.App.CreateUserAsync();
        var hook = await lab.CreateAsync(user);
        await lab.RaiseAsync(user);
        var delivered = await lab.UntilAsync(hook.Id, DeliveryStatus.Delivered);
        await lab.App.InDatabaseAsync(db => db.WebhookDeliveries.Where(row => row.Id == delivered.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.CreatedAt, row => lab.Clock.GetUtcNow().AddDays(-30))));

        Assert.Equal((HttpStatusCode.Gone, "gone"), Refusal(await WebhookLab.SendAsync(user, HttpMethod.Post, $"{hook.Route}/deliveries/{delivered.Id}/retry")));
        Assert.Equal(1, await lab.App.Services.GetRequiredService<WebhookSweep>().DeleteOldAsync(CancellationToken.None));
        Assert.Empty(await lab.LogAsync(user, hook.Id));
        Assert.False(await lab.App.InDatabaseAsync(db => db.WebhookAttempts.AnyAsync()));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Organization_ThatIsDeleted_HasItsWebhooksStoppedAndItsLogDeleted(Db database)
    {
        var lab = await labs.GetAsync(database);
        var user = await lab.App.CreateUserAsync();
        var place = await lab.App.PlaceOfAsync(user);
        var hook = await lab.CreateAsync(user);
        lab.Receiver.Answer(hook.Path, 500);
        await lab.RaiseAsync(user);
        await lab.UntilAsync(hook.Id, DeliveryStatus.Retrying);

        await CleanAsync("webhooks-stop");
        Assert.False(await lab.App.InDatabaseAsync(db => db.Webhooks.AnyAsync(row => row.Id == hook.Id)));
        lab.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(1, await lab.App.Services.GetRequiredService<WebhookSweep>().CancelStrayAsync(CancellationToken.None));
        Assert.Equal(DeliveryStatus.Cancelled, Assert.Single(await lab.DeliveriesAsync(hook.Id)).Status);
        await CleanAsync("webhook-deliveries");
        Assert.Empty(await lab.DeliveriesAsync(hook.Id));

        async Task CleanAsync(string step)
        {
            await using var scope = lab.App.As(Caller.System(place.OrganizationId));
            Assert.False(await scope.ServiceProvider.GetRequiredService<TenantRemoval>().CleanAsync(step, new TenantScope(place.OrganizationId, null), CancellationToken.None));
        }
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Log_ShowsWhatItsFiltersSay(Db database)
    {
        var lab = await labs.GetAsync(database);
        var user = await lab.App.CreateUserAsync();
        var hook = await lab.CreateAsync(user);
        List<Guid> events = [];
        foreach (var type in (string[])["build.completed", "build.failed", "build.created"])
        {
            events.Add((await lab.RaiseAsync(user, type)).EventId);
            await Until.TrueAsync(async () => (await lab.DeliveriesAsync(hook.Id)).Count(row => row.Status == DeliveryStatus.Delivered) == events.Count, "it is delivered");
        }

        var times = (await lab.DeliveriesAsync(hook.Id)).ConvertAll(row => row.CreatedAt.UtcDateTime.ToString("O"));
        Assert.Equal([2, 1, 0], await FoundAsync(""));
        Assert.Equal([1], await FoundAsync($"?eventId={events[1]}"));
        Assert.Equal([1, 0], await FoundAsync("?eventType=build.completed&eventType=build.failed"));
        Assert.Equal([2, 1], await FoundAsync($"?from={times[1]}"));
        Assert.Equal([1, 0], await FoundAsync($"?to={times[2]}"));
        Assert.Equal([1], await FoundAsync("?limit=1&offset=1"));
        Assert.Empty(await FoundAsync("?status=failed,cancelled"));
        Assert.DoesNotContain("payload", (await lab.LogAsync(user, hook.Id))[0].EnumerateObject().Select(member => member.Name));
        foreach (var bad in (string[])["?status=lost", "?limit=1001", "?offset=-1", "?eventId=x", "?include=secret", "?test=perhaps", $"?from={times[1]}&to={times[1]}"])
            Assert.Equal((HttpStatusCode.BadRequest, "validation_failed"), Refusal(await WebhookLab.SendAsync(user, HttpMethod.Get, $"{hook.Route}/deliveries{bad}")));

        async Task<IEnumerable<int>> FoundAsync(string query) => (await lab.LogAsync(user, hook.Id, query)).Select(row => events.IndexOf(row.GetProperty("eventId").GetGuid()));
    }

    private static Task<DeadLetter> LetterAsync(WebhookLab lab, Guid eventId) => lab.App.InDatabaseAsync(db => db.DeadLetters.AsNoTracking().SingleAsync(letter => letter.EventId == eventId));

    private static (HttpStatusCode Status, string? Code) Refusal((HttpStatusCode Status, JsonElement Body) answer) => (answer.Status, answer.Body.GetProperty("code").GetString());
}
