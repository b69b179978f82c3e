using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Organizations;
using Platform.Tests.Fixtures;
using Platform.Tests.Identity;
using Platform.Webhooks;

namespace Platform.Tests.Webhooks;

/// <summary>Webhooks as people make and change them.</summary>
public sealed class WebhookApiTests(WebhookLabs labs) : IClassFixture<WebhookLabs>
{
    private const string Route = "/api/dev/webhooks";

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Create_WithTheLeast_HasDefaultsAndShowsItsSecretOnce(Db database)
    {
        var lab = await labs.GetAsync(database);
        var user = await lab.App.CreateUserAsync();
        var place = await lab.App.PlaceOfAsync(user);

        var hook = await lab.CreateAsync(user);

        Assert.Matches("^whsec_[A-Za-z0-9+/]{43}=$", hook.Secret);
        Assert.Equal((place.ProjectId, "127.0.0.1", "active", true), (hook.View.GetProperty("projectId").GetGuid(), Text(hook.View, "name"), Text(hook.View, "status"), hook.View.GetProperty("enabled").GetBoolean()));
        Assert.Equal(hook.Secret[^4..], Text(hook.View, "secretPreview"));
        Assert.Equal(
            """{"strategy":"exponential","maxAttempts":8,"initialDelaySeconds":5,"multiplier":5,"maxDelaySeconds":21600,"jitter":0.1,"timeoutSeconds":15,"disableAfterFailures":10}""",
            hook.View.GetProperty("retryPolicy").GetRawText());
        var listed = Assert.Single((await WebhookLab.DoAsync(user, HttpMethod.Get, Route)).EnumerateArray());
        Assert.False(listed.TryGetProperty("secret", out _));
        Assert.Equal(hook.Id, listed.GetProperty("id").GetGuid());
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Create_RepeatedWithItsIdempotencyKey_ShowsNoSecretAgain(Db database)
    {
        var lab = await labs.GetAsync(database);
        var user = await lab.App.CreateUserAsync();
        List<(HttpStatusCode Status, string Body)> answers = [];
        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Route) { Content = new StringContent($$"""{"url":"{{lab.Receiver.Url("/once")}}","events":["*"]}""", null, "application/json") };
            request.Headers.Add("Idempotency-Key", "once");
            using var answer = await user.Client.SendAsync(request);
            answers.Add((answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        }

        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.Conflict], answers.Select(answer => answer.Status));
        Assert.DoesNotContain("whsec_", answers[1].Body, StringComparison.Ordinal);
        Assert.Single((await WebhookLab.DoAsync(user, HttpMethod.Get, Route)).EnumerateArray());
    }

    [Theory]
    [InlineData("""{"events":["*"]}""", "validation_failed")]
    [InlineData("""{"url":"https://example.com","events":[]}""", "validation_failed")]
    [InlineData("""{"url":"https://example.com","events":["build.exploded"]}""", "validation_failed")]
    [InlineData("""{"url":"https://example.com","events":["bui.*"]}""", "validation_failed")]
    [InlineData("""{"url":"not a url","events":["*"]}""", "validation_failed")]
    [InlineData("""{"url":"https://me:pw@127.0.0.1/x","events":["*"]}""", "validation_failed")]
    [InlineData("""{"url":"http://127.0.0.1/x#part","events":["*"]}""", "validation_failed")]
    [InlineData("""{"url":"https://169.254.169.254/latest","events":["*"]}""", "url_not_allowed")]
    [InlineData("""{"url":"https://10.0.0.1/x","events":["*"]}""", "url_not_allowed")]
    [InlineData("""{"url":"https://127.0.0.1/x","events":["*"],"secret":"whsec_c2hvcnQ="}""", "validation_failed")]
    [InlineData("""{"url":"https://127.0.0.1/x","events":["*"],"headers":{"Webhook-Id":"1"}}""", "validation_failed")]
    [InlineData("""{"url":"https://127.0.0.1/x","events":["*"],"headers":{"X-Platform-Event":"1"}}""", "validation_failed")]
    [InlineData("""{"url":"https://127.0.0.1/x","events":["*"],"headers":{"Content-Encoding":"x"}}""", "validation_failed")]
    [InlineData("""{"url":"https://127.0.0.1/x","events":["*"],"headers":{"X-A":"a\r\nb"}}""", "validation_failed")]
    [InlineData("""{"url":"https://127.0.0.1/x","events":["*"],"retryPolicy":{"maxAttempts":16}}""", "validation_failed")]
    [InlineData("""{"url":"https://127.0.0.1/x","events":["*"],"retryPolicy":{"maxAttempt":3}}""", "validation_failed")]
    [InlineData("""{"url":"https://127.0.0.1/x","events":["*"],"retryPolicy":{"maxAttempts":null}}""", "validation_failed")]
    public async Task Create_OfBadForm_IsRefused(string body, string code)
    {
        var lab = await labs.GetAsync(Db.Sqlite);
        var user = await lab.App.CreateUserAsync();

        var (status, answer) = await WebhookLab.SendAsync(user, HttpMethod.Post, Route, JsonSerializer.Deserialize<JsonElement>(body));

        Assert.Equal((HttpStatusCode.BadRequest, code), (status, Text(answer, "code")));
    }

    [Fact]
    public async Task Create_WithAnUnknownEvent_IsToldTheKnownOnes()
    {
        var lab = await labs.GetAsync(Db.Sqlite);
        var user = await lab.App.CreateUserAsync();

        var (_, answer) = await WebhookLab.SendAsync(user, HttpMethod.Post, Route, new { url = lab.Receiver.Url("/x"), events = new[] { "nothing" } });

        Assert.Contains("team.member.added", answer.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Update_ChangesWhatItNames_AndKeepsMaskedHeaders(Db database)
    {
        var lab = await labs.GetAsync(database);
        var user = await lab.App.CreateUserAsync();
        var hook = await lab.CreateAsync(user, new { headers = new Dictionary<string, string> { ["X-Key"] = "kept-value", ["X-Old"] = "gone" }, description = "before" });

        var changed = await WebhookLab.DoAsync(user, HttpMethod.Patch, hook.Route, new { name = "  new  ", description = (string?)null, headers = new Dictionary<string, string> { ["X-Key"] = "********", ["X-New"] = "fresh" } });
        Assert.Equal(("new", null, hook.Path), (Text(changed, "name"), Text(changed, "description"), new Uri(Text(changed, "url")!).AbsolutePath));
        Assert.Equal("""{"X-Key":"********","X-New":"********"}""", changed.GetProperty("headers").GetRawText());
        await WebhookLab.DoAsync(user, HttpMethod.Post, $"{hook.Route}/test");
        var received = Assert.Single(lab.Receiver.At(hook.Path));
        Assert.Equal(("kept-value", "fresh", false), (received.Headers["X-Key"], received.Headers["X-New"], received.Headers.ContainsKey("X-Old")));

        Assert.Equal(HttpStatusCode.BadRequest, (await WebhookLab.SendAsync(user, HttpMethod.Patch, hook.Route, new { headers = new Dictionary<string, string> { ["X-Other"] = "********" } })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await WebhookLab.SendAsync(user, HttpMethod.Patch, hook.Route, new { })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await WebhookLab.SendAsync(user, HttpMethod.Patch, hook.Route, new { name = (string?)null })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await WebhookLab.SendAsync(user, HttpMethod.Patch, hook.Route, new { enabled = (bool?)null })).Status);
        Assert.Equal("url_not_allowed", Text((await WebhookLab.SendAsync(user, HttpMethod.Patch, hook.Route, new { url = "https://192.168.1.1/" })).Body, "code"));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task RetryPolicy_IsChangedInPart(Db database)
    {
        var lab = await labs.GetAsync(database);
        var user = await lab.App.CreateUserAsync();
        var hook = await lab.CreateAsync(user, new { retryPolicy = new { strategy = "linear", jitter = 0 } });

        var policy = (await WebhookLab.DoAsync(user, HttpMethod.Patch, $"{hook.Route}/retry-policy", new { maxAttempts = 3 })).GetProperty("retryPolicy");

        Assert.Equal(("linear", 3, 0), (Text(policy, "strategy"), policy.GetProperty("maxAttempts").GetInt32(), policy.GetProperty("jitter").GetDouble()));
        foreach (var bad in (string[])["""{}""", """{"maxAttempts":0}""", """{"timeoutSeconds":31}""", """{"jitter":0.6}""", """{"tries":1}""", """{"strategy":"often"}"""])
            Assert.Equal(HttpStatusCode.BadRequest, (await WebhookLab.SendAsync(user, HttpMethod.Patch, $"{hook.Route}/retry-policy", JsonSerializer.Deserialize<JsonElement>(bad))).Status);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Places_ActiveProjectNullAndForeign_AreToldApart(Db database)
    {
        var lab = await labs.GetAsync(database);
        var (user, stranger) = (await lab.App.CreateUserAsync(), await lab.App.CreateUserAsync());
        var (place, foreign) = (await lab.App.PlaceOfAsync(user), await lab.App.PlaceOfAsync(stranger));
        var ofProject = await lab.CreateAsync(user);
        var ofOrganization = await lab.CreateAsync(user, new { projectId = (Guid?)null });
        var named = await lab.CreateAsync(user, new { projectId = place.ProjectId });

        Assert.Equal(JsonValueKind.Null, ofOrganization.View.GetProperty("projectId").ValueKind);
        Assert.Equal(HttpStatusCode.NotFound, (await WebhookLab.SendAsync(user, HttpMethod.Post, Route, new { url = lab.Receiver.Url("/x"), events = new[] { "*" }, projectId = foreign.ProjectId })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await WebhookLab.SendAsync(user, HttpMethod.Get, $"{Route}?projectId={foreign.ProjectId}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await WebhookLab.SendAsync(user, HttpMethod.Get, $"{Route}?projectId=what")).Status);
        foreach (var query in (string[])["", "?projectId=all", $"?projectId={place.ProjectId}"])
        {
            var (_, page) = await WebhookLab.SendAsync(user, HttpMethod.Get, Route + query);
            Assert.Equal([named.Id, ofOrganization.Id, ofProject.Id], page.GetProperty("data").EnumerateArray().Select(row => row.GetProperty("id").GetGuid()));
            Assert.Equal(3, page.GetProperty("total").GetInt32());
        }

        foreach (var (method, path) in ((HttpMethod, string)[])[(HttpMethod.Patch, ""), (HttpMethod.Delete, ""), (HttpMethod.Post, "/test"), (HttpMethod.Get, "/deliveries"), (HttpMethod.Patch, "/retry-policy")])
            Assert.Equal(HttpStatusCode.NotFound, (await WebhookLab.SendAsync(stranger, method, ofProject.Route + path, method == HttpMethod.Get ? null : new { })).Status);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Member_SeesWebhooksButMayNotManageThem(Db database)
    {
        var lab = await labs.GetAsync(database);
        var (owner, member) = (await lab.App.CreateUserAsync(), await lab.App.CreateUserAsync());
        var hook = await lab.CreateAsync(owner);
        await lab.App.JoinAsync(member, owner, OrganizationRole.Member);

        Assert.Single((await WebhookLab.DoAsync(member, HttpMethod.Get, Route)).EnumerateArray());
        Assert.Empty(await lab.LogAsync(member, hook.Id));
        foreach (var (method, path) in ((HttpMethod, string)[])[(HttpMethod.Post, Route), (HttpMethod.Patch, hook.Route), (HttpMethod.Delete, hook.Route), (HttpMethod.Post, $"{hook.Route}/test"), (HttpMethod.Patch, $"{hook.Route}/retry-policy")])
        {
            var (status, answer) = await WebhookLab.SendAsync(member, method, path, new { });
            Assert.Equal((HttpStatusCode.Forbidden, "webhooks:manage"), (status, answer.GetProperty("details").GetProperty("missing").GetString()));
        }
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Create_ManyAtOnce_KeepTheLimit(Db database)
    {
        var lab = await labs.GetAsync(database);
        var user = await lab.App.CreateUserAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 25).Select(i => WebhookLab.SendAsync(user, HttpMethod.Post, Route, new { url = lab.Receiver.Url($"/{i}"), events = new[] { "*" } })));

        Assert.Equal(20, answers.Count(answer => answer.Status == HttpStatusCode.Created));
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.Created), answer => Assert.Equal((HttpStatusCode.Conflict, "limit_reached"), (answer.Status, Text(answer.Body, "code"))));
        await lab.CreateAsync(user, new { projectId = (Guid?)null }); // the organization has a limit of its own
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Delete_CancelsWhatWaits_AndIsAudited(Db database)
    {
        var lab = await labs.GetAsync(database);
        var user = await lab.App.CreateUserAsync();
        var hook = await lab.CreateAsync(user);
        lab.Receiver.Answer(hook.Path, 500);
        await lab.RaiseAsync(user);
        await lab.UntilAsync(hook.Id, DeliveryStatus.Retrying);

        var deleted = await WebhookLab.DoAsync(user, HttpMethod.Delete, hook.Route);

        Assert.Equal((hook.Id, true), (deleted.GetProperty("id").GetGuid(), deleted.GetProperty("deleted").GetBoolean()));
        Assert.Equal(DeliveryStatus.Cancelled, Assert.Single(await lab.DeliveriesAsync(hook.Id)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await WebhookLab.SendAsync(user, HttpMethod.Delete, hook.Route)).Status);
        var audited = await lab.App.InDatabaseAsync(db => db.AuditEntries.Where(entry => entry.ResourceId == hook.Id.ToString()).OrderBy(entry => entry.Timestamp).ThenBy(entry => entry.Id).Select(entry => entry.Action).ToListAsync());
        Assert.Equal(["webhook.create", "webhook.delete", "webhook.delete"], audited);
    }

    /// <summary>The rotation counts as a sensitive request (delivery.md §0.5), other changes do not.</summary>
    [Fact]
    public async Task Rotation_OfTheSecret_IsLimitedAndOtherChangesAreNot()
    {
        await using var lab = await WebhookLab.StartAsync(Db.Sqlite, settings: ("RateLimit:Limits:sensitive", "5"));
        var user = await lab.App.CreateUserAsync();
        var hook = await lab.CreateAsync(user);
        for (var i = 0; i < 7; i++)
            await WebhookLab.DoAsync(user, HttpMethod.Patch, hook.Route, new { name = $"name {i}" });
        for (var i = 0; i < 5; i++)
            await WebhookLab.DoAsync(user, HttpMethod.Patch, hook.Route, new { rotateSecret = true });

        var (status, answer) = await WebhookLab.SendAsync(user, HttpMethod.Patch, hook.Route, new { rotateSecret = true });

        Assert.Equal((HttpStatusCode.TooManyRequests, "rate_limited"), (status, Text(answer, "code")));
        await WebhookLab.DoAsync(user, HttpMethod.Patch, hook.Route, new { name = "last" });
    }

    private static string? Text(JsonElement of, string name) => of.GetProperty(name).GetString();
}
