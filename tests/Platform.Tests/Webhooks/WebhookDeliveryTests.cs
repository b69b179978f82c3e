using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Platform.Tests.Fixtures;
using Platform.Tests.Identity;
using Platform.Webhooks;

namespace Platform.Tests.Webhooks;

/// <summary>Events on their way to real receivers.</summary>
public sealed class WebhookDeliveryTests(WebhookLabs labs) : IClassFixture<WebhookLabs>
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Event_GoesToThoseWhoSubscribedIt(Db database)
    {
        var lab = await labs.GetAsync(database);
        var (user, stranger) = (await lab.App.CreateUserAsync(), await lab.App.CreateUserAsync());
        var place = await lab.App.PlaceOfAsync(user);
        await lab.SettleAsync(await lab.RaiseAsync(user, aggregate: "one-build")); // before anybody wanted to know
        var all = await lab.CreateAsync(user);
        var builds = await lab.CreateAsync(user, new { events = new[] { "build.*" }, headers = new Dictionary<string, string> { ["Authorization"] = "Bearer receivers-own" } });
        var organization = await lab.CreateAsync(user, new { events = new[] { "build.completed" }, projectId = (Guid?)null });
        Hook[] others = [await lab.CreateAsync(user, new { events = new[] { "run.*" } }), await lab.CreateAsync(user, new { enabled = false }), await lab.CreateAsync(stranger)];

        var raised = await lab.RaiseAsync(user, aggregate: "one-build");
        var elsewhere = await lab.RaiseAsync(user, project: Guid.CreateVersion7());

        await lab.UntilAsync(all.Id, DeliveryStatus.Delivered);
        await lab.UntilAsync(builds.Id, DeliveryStatus.Delivered);
        await Until.TrueAsync(() => lab.Receiver.At(organization.Path).Count == 2, "the organization's webhook hears of both projects");
        Assert.All(others, hook => Assert.Empty(lab.Receiver.At(hook.Path)));
        Assert.Equal([raised.EventId, elsewhere.EventId], lab.Receiver.At(organization.Path).Select(received => received.Json.GetProperty("id").GetGuid()).Order());
        var got = Assert.Single(lab.Receiver.At(builds.Path));
        Assert.Equal(
            ("application/json", "Platform-Webhooks/1", "build.completed", "1", "Bearer receivers-own"),
            (got.Headers["Content-Type"], got.Headers["User-Agent"], got.Headers["X-Platform-Event"], got.Headers["X-Platform-Attempt"], got.Headers["Authorization"]));
        Assert.Equal(["id", "type", "timestamp", "organizationId", "projectId", "data"], got.Json.EnumerateObject().Select(member => member.Name));
        Assert.Equal((place.OrganizationId, place.ProjectId), (got.Json.GetProperty("organizationId").GetGuid(), got.Json.GetProperty("projectId").GetGuid()));
        Assert.Equal(7, got.Json.GetProperty("data").GetProperty("build").GetProperty("number").GetInt32());
        Assert.Equal((await lab.DeliveriesAsync(builds.Id))[0].Id.ToString(), got.Headers["X-Platform-Delivery"]);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Execution_ThatReallyRuns_IsToldWithoutItsOutput(Db database)
    {
        var lab = await labs.GetAsync(database);
        var user = await lab.App.CreateUserAsync();
        var hook = await lab.CreateAsync(user, new { events = new[] { "execution.*" }, projectId = (Guid?)null });
        await lab.RaiseAsync(user, "execution_completed", new { execution_id = Guid.CreateVersion7(), stdout = "forged", exit_code = 0 }, service: "api"); // published by an operator

        var started = await user.Client.PostAsJsonAsync("/api/v1/execute", new { script = "print('needle-in-output')" });
        var id = (await started.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("execution_id").GetString();

        await Until.TrueAsync(() => lab.Receiver.At(hook.Path).Count > 0, "the receiver is told");
        var got = Assert.Single(lab.Receiver.At(hook.Path));
        Assert.Equal(("execution.completed", id), (got.Json.GetProperty("type").GetString(), got.Json.GetProperty("data").GetProperty("execution").GetProperty("id").GetString()));
        Assert.DoesNotContain("needle-in-output", got.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Failure_IsTriedAgainAfterItsPause_WithTheSameBytes(Db database)
    {
        await using var lab = await WebhookLab.StartAsync(database);
        var user = await lab.App.CreateUserAsync();
        var hook = await lab.CreateAsync(user, new { retryPolicy = new { jitter = 0, initialDelaySeconds = 600, multiplier = 2, maxAttempts = 3 } });
        lab.Receiver.Answer(hook.Path, 500, 302);
        await lab.RaiseAsync(user);

        var first = await lab.UntilAsync(hook.Id, row => row.AttemptCount == 1, "the first attempt has failed");
        Assert.Equal(DeliveryStatus.Retrying, first.Status);
        await AssertDueInAsync(600);
        lab.Advance(TimeSpan.FromSeconds(580));
        lab.Advance(TimeSpan.FromSeconds(25));
        await lab.UntilAsync(hook.Id, row => row.AttemptCount == 2, "the second attempt has failed");
        await AssertDueInAsync(1200);
        lab.Advance(TimeSpan.FromSeconds(1201));
        await lab.UntilAsync(hook.Id, DeliveryStatus.Delivered);

        var received = lab.Receiver.At(hook.Path);
        Assert.Equal(["1", "2", "3"], received.Select(one => one.Headers["X-Platform-Attempt"]));
        Assert.Single(received.Select(one => (one.Body, one.Headers["webhook-id"], one.Headers["X-Platform-Delivery"])).Distinct());
        Assert.Equal(3, received.Select(one => one.Headers["webhook-timestamp"]).Distinct().Count());
        Assert.Empty(lab.Receiver.At("/elsewhere"));
        var logged = Assert.Single(await lab.LogAsync(user, hook.Id, "?include=payload&status=delivered,failed&eventType=build.completed"));
        Assert.Equal(["http_500", "redirect", null], logged.GetProperty("attempts").EnumerateArray().Select(attempt => attempt.GetProperty("error").GetString()));
        Assert.Equal(JsonSerializer.Deserialize<JsonElement>(received[0].Body).GetRawText(), logged.GetProperty("payload").GetRawText());
        Assert.Empty(await lab.LogAsync(user, hook.Id, "?status=failed"));

        async Task AssertDueInAsync(int seconds)
        {
            var attempt = (await lab.LogAsync(user, hook.Id))[0];
            var ended = attempt.GetProperty("attempts").EnumerateArray().Last().GetProperty("startedAt").GetDateTimeOffset();
            Assert.InRange((attempt.GetProperty("nextAttemptAt").GetDateTimeOffset() - ended).TotalSeconds, seconds - 1, seconds + 30);
        }
    }

    [Theory]
    [InlineData("too many", 429, "http_429")]
    [InlineData("away", 503, "http_503")]
    public async Task RetryAfter_MakesThePauseLonger_UpToTheLongest(string _, int status, string error)
    {
        var lab = await labs.GetAsync(Db.Sqlite);
        var user = await lab.App.CreateUserAsync();
        foreach (var (wish, expected) in ((string, int)[])[("120", 120), ("3", 60), ("9999999", 300)])
        {
            var hook = await lab.CreateAsync(user, new { retryPolicy = new { jitter = 0, initialDelaySeconds = 60, maxDelaySeconds = 300 } });
            lab.Receiver.Reply(hook.Path, http =>
            {
                (http.Response.StatusCode, http.Response.Headers.RetryAfter) = (status, wish);
                return Task.CompletedTask;
            });
            await lab.RaiseAsync(user);

            var failed = await lab.UntilAsync(hook.Id, row => row.AttemptCount == 1, "the attempt has failed");
            var attempt = (await lab.LogAsync(user, hook.Id))[0].GetProperty("attempts")[0];
            Assert.Equal(error, attempt.GetProperty("error").GetString());
            Assert.InRange((failed.DueAt!.Value - attempt.GetProperty("startedAt").GetDateTimeOffset()).TotalSeconds, expected - 1, expected + 20);
            await WebhookLab.DoAsync(user, HttpMethod.Delete, hook.Route);
        }
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Failures_EachHaveTheirCode(Db database)
    {
        var lab = await labs.GetAsync(database);
        var user = await lab.App.CreateUserAsync();
        var silent = await lab.CreateAsync(user, new { retryPolicy = new { timeoutSeconds = 1 } });
        lab.Receiver.Answer(silent.Path, Receiver.Silent);
        var large = await lab.CreateAsync(user);
        lab.Receiver.Reply(large.Path, http => http.Response.WriteAsync(new string('x', 70_000)));
        var closed = await lab.CreateAsync(user, url: "http://127.0.0.1:1025/x");
        var forbidden = await lab.CreateAsync(user);
        var nowhere = await lab.CreateAsync(user);
        foreach (var (moved, url) in new[] { (forbidden, "http://10.1.2.3/x"), (nowhere, "http://nowhere.invalid/x") })
            await lab.App.InDatabaseAsync(db => db.Webhooks.Where(row => row.Id == moved.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Url, url)));
        var tls = await lab.CreateAsync(user, url: lab.Receiver.Url("/tls").Replace("http:", "https:", StringComparison.Ordinal));
        var gone = await lab.CreateAsync(user);
        lab.Receiver.Answer(gone.Path, 404);

        List<string?> errors = [];
        foreach (var hook in (Hook[])[silent, large, closed, forbidden, nowhere, tls, gone])
            errors.Add((await WebhookLab.DoAsync(user, HttpMethod.Post, $"{hook.Route}/test")).GetProperty("error").GetString());

        Assert.Equal(["timeout", "response_too_large", "connection_refused", "url_not_allowed", "dns_failure", "tls_error", "http_404"], errors);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Test_IsOneAttempt_AlsoWhenDisabled_AndCountsForNothing(Db database)
    {
        var lab = await labs.GetAsync(database);
        var user = await lab.App.CreateUserAsync();
        var hook = await lab.CreateAsync(user, new { enabled = false, retryPolicy = new { disableAfterFailures = 1, maxAttempts = 1 } });
        lab.Receiver.Answer(hook.Path, 200, 500);
        lab.Receiver.Reply(hook.Path, http => http.Response.WriteAsync("\0taken"));

        var good = await WebhookLab.DoAsync(user, HttpMethod.Post, $"{hook.Route}/test");
        var bad = await WebhookLab.DoAsync(user, HttpMethod.Post, $"{hook.Route}/test", new { eventType = "build.failed", data = new { own = 1 } });

        Assert.Equal((true, 200, "\uFFFDtaken"), (good.GetProperty("delivered").GetBoolean(), good.GetProperty("statusCode").GetInt32(), good.GetProperty("responseBody").GetString()));
        Assert.Equal((false, 500, "http_500"), (bad.GetProperty("delivered").GetBoolean(), bad.GetProperty("statusCode").GetInt32(), bad.GetProperty("error").GetString()));
        var received = lab.Receiver.At(hook.Path);
        Assert.All(received, one => Assert.True(one.Json.GetProperty("test").GetBoolean()));
        Assert.Equal(("webhook.test", "build.failed", """{"own":1}"""), (received[0].Json.GetProperty("type").GetString(), received[1].Json.GetProperty("type").GetString(), received[1].Json.GetProperty("data").GetRawText()));
        Assert.Equal((0, null), ((await lab.WebhookAsync(hook.Id)).ConsecutiveFailures, (await lab.WebhookAsync(hook.Id)).LastDeliveryAt));
        Assert.Equal(2, (await lab.LogAsync(user, hook.Id, "?test=true")).Count);
        Assert.Empty(await lab.LogAsync(user, hook.Id, "?test=false"));
        Assert.Equal(HttpStatusCode.BadRequest, (await WebhookLab.SendAsync(user, HttpMethod.Post, $"{hook.Route}/test", new { eventType = "no.such" })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await WebhookLab.SendAsync(user, HttpMethod.Post, $"{hook.Route}/test", new { data = 5 })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await WebhookLab.SendAsync(user, HttpMethod.Post, $"{hook.Route}/test", new { data = new { large = new string('x', 33_000) } })).Status);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Member_WhoJoins_IsToldWithHisAddress(Db database)
    {
        var lab = await labs.GetAsync(database);
        var (user, member) = (await lab.App.CreateUserAsync(), await lab.App.CreateUserAsync());
        var hook = await lab.CreateAsync(user, new { events = new[] { "team.member.added" }, projectId = (Guid?)null });
        var memberId = Guid.CreateVersion7();

        await lab.RaiseAsync(user, "team.member.added", new { actor_id = user.Id, user_id = member.Id, member_id = memberId, role = "admin", invitation_id = (Guid?)null });

        await Until.TrueAsync(() => lab.Receiver.At(hook.Path).Count == 1, "the receiver is told");
        var told = lab.Receiver.At(hook.Path)[0].Json.GetProperty("data").GetProperty("member");
        Assert.Equal((memberId, member.Id, member.Email, "admin", user.Id), (told.GetProperty("id").GetGuid(), told.GetProperty("userId").GetGuid(), told.GetProperty("email").GetString(), told.GetProperty("role").GetString(), told.GetProperty("invitedBy").GetGuid()));
    }
}
