using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

using Platform.Organizations;
using Platform.Tests.Admin;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Quotas;

public sealed class QuotaTests
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Start_FiftyAtOnce_ExactlyTheLimitPassAndIsToldOnce(Db database)
    {
        await using var lab = await QuotaLab.StartAsync(database);
        var (user, other) = (await lab.App.CreateUserAsync(), await lab.App.CreateUserAsync());
        await lab.SetAsync("user", user.Id, new { executions_per_day = 20 });

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => QuotaLab.StartAsync(user)));

        Assert.Equal(20, answers.Count(answer => answer.Status == HttpStatusCode.OK));
        var refused = answers.Where(answer => answer.Status != HttpStatusCode.OK).ToList();
        Assert.All(refused, answer => Assert.Equal((HttpStatusCode.TooManyRequests, "quota_exceeded", "executions", "user", 20, 20),
            (answer.Status, answer.Body.Text("code"), answer.Body.Text("quota"), answer.Body.Text("subject"), answer.Body.GetProperty("limit").GetInt32(), answer.Body.GetProperty("used").GetInt32())));
        Assert.Equal(20, QuotaLab.Standing(await QuotaLab.UsageAsync(user), "user", "executions").GetProperty("used").GetInt32());
        Assert.Equal(20, await lab.App.WithDatabaseAsync(db => db.Executions.CountAsync(row => row.UserId == user.Id)));
        Assert.Equal(["Your daily quota of executions: 80 % used"], await lab.WarningsAsync(user));
        var told = await lab.App.WithDatabaseAsync(db => db.Events.Where(stored => stored.EventType == "quota_exceeded").Select(stored => new { stored.UserId, stored.Payload }).ToListAsync());
        Assert.Equal(user.Id, Assert.Single(told).UserId);
        Assert.Equal(HttpStatusCode.OK, (await QuotaLab.StartAsync(other)).Status); // everybody has his own
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Start_QuotaUsedUp_IsRefusedUntilMidnight(Db database)
    {
        await using var lab = await QuotaLab.StartAsync(database, new TimeSpan(23, 50, 0), settings: ("Quota:User:ExecutionsPerDay", "1"));
        var user = await lab.App.CreateUserAsync();
        var (_, first) = await QuotaLab.RunAsync(user);

        using (var refused = await user.Client.PostAsync("/api/v1/execute", new StringContent("""{"script":"print(1)"}""", null, "application/json")))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 600);
            var body = JsonSerializer.Deserialize<JsonElement>(await refused.Content.ReadAsStringAsync());
            Assert.Equal("Daily quota exceeded: 1 executions per user", body.Text("detail"));
            Assert.InRange(body.GetProperty("reset_at").GetDateTimeOffset().AddSeconds(1).TimeOfDay, TimeSpan.Zero, TimeSpan.FromSeconds(2)); // midnight
        }

        var id = first.GetProperty("execution_id").GetGuid();
        var (retry, _) = await user.Client.CallAsync(HttpMethod.Post, $"/api/v1/{id}/retry", new { });
        Assert.Equal(HttpStatusCode.TooManyRequests, retry);
        var (_, script) = await user.Client.CallAsync(HttpMethod.Post, "/api/v1/scripts", new { name = "mine", script = "print(1)" }, HttpStatusCode.OK);
        await user.Client.CallAsync(HttpMethod.Post, $"/api/v1/scripts/{script.Text("script_id")}/run", new { }, HttpStatusCode.TooManyRequests);

        lab.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(HttpStatusCode.OK, (await QuotaLab.RunAsync(user)).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await QuotaLab.RunAsync(user)).Status);
        var days = (await QuotaLab.UsageAsync(user)).GetProperty("days").EnumerateArray().Select(day => day.GetProperty("executions").GetInt32()).ToList();
        Assert.Equal([1, 1], days[^2..]);
        Assert.Equal(2, (await lab.WarningsAsync(user)).Count); // one a day
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Limits_OfUserProjectAndOrganization_AllHoldAndOverridesReplaceDefaults(Db database)
    {
        await using var lab = await QuotaLab.StartAsync(database, settings: [("Quota:User:ExecutionsPerDay", "1"), ("Quota:SoftPercent", "100")]);
        var user = await lab.App.CreateUserAsync();
        var place = await lab.App.PlaceOfAsync(user);
        await PassesAsync();
        await RefusedAsync("user", 1);

        var lifted = await lab.SetAsync("user", user.Id, new { executions_per_day = -1, note = "a good customer" });
        Assert.Equal((JsonValueKind.Null, "ok"), (lifted.GetProperty("limits").GetProperty("executions_per_day").ValueKind, QuotaLab.Standing(lifted, "user", "executions").Text("state")));
        await PassesAsync();
        await lab.SetAsync("project", place.ProjectId, new { executions_per_day = 2 });
        await RefusedAsync("project", 2);
        await lab.SetAsync("project", place.ProjectId, new { executions_per_day = 10 });
        await lab.SetAsync("organization", place.OrganizationId, new { executions_per_day = 3 });
        await PassesAsync();
        await RefusedAsync("organization", 3);
        var report = await QuotaLab.UsageAsync(user);
        Assert.Equal(["user", "user", "user", "project", "organization"], report.GetProperty("quotas").EnumerateArray().Select(row => row.Text("subject")));
        Assert.Equal(("exceeded", 0), (QuotaLab.Standing(report, "organization", "executions").Text("state"), QuotaLab.Standing(report, "organization", "executions").GetProperty("remaining").GetInt32()));
        var (_, whole) = await user.Client.GetAsync($"/api/v1/organizations/{place.OrganizationId}/usage", HttpStatusCode.OK);
        Assert.Equal(["organization", "organization", "organization", "project"], whole.GetProperty("quotas").EnumerateArray().Select(row => row.Text("subject")));

        var page = await lab.CallAsync(HttpMethod.Get, "/api/v1/admin/quotas?limit=2");
        Assert.Equal((3, 2, 1), (page.GetProperty("total").GetInt32(), page.GetProperty("overrides").GetArrayLength(), page.GetProperty("defaults").GetProperty("user").GetProperty("executions_per_day").GetInt32()));
        Assert.Equal("a good customer", Assert.Single((await lab.CallAsync(HttpMethod.Get, "/api/v1/admin/quotas?subject=user")).GetProperty("overrides").EnumerateArray()).Text("note"));
        await lab.CallAsync(HttpMethod.Delete, $"/api/v1/admin/quotas/organization/{place.OrganizationId}");
        await PassesAsync();
        await lab.CallAsync(HttpMethod.Delete, $"/api/v1/admin/quotas/user/{user.Id}");
        await RefusedAsync("user", 1);
        await lab.SetAsync("user", user.Id, new { executions_per_day = 0 });
        await RefusedAsync("user", 0);
        Assert.Equal(["quota.reset", "quota.reset", "quota.set", "quota.set", "quota.set", "quota.set", "quota.set"],
            await lab.App.WithDatabaseAsync(db => db.AuditEntries.Where(entry => entry.ResourceType == "quota").Select(entry => entry.Action).OrderBy(action => action).ToListAsync()));

        async Task PassesAsync() => Assert.Equal(HttpStatusCode.OK, (await QuotaLab.RunAsync(user)).Status);

        async Task RefusedAsync(string subject, int limit)
        {
            var (status, body) = await QuotaLab.RunAsync(user);
            Assert.Equal((HttpStatusCode.TooManyRequests, subject, limit), (status, body.Text("subject"), body.GetProperty("limit").GetInt32()));
        }
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Warning_OfProcessorTimeAndOrganization_GoesOnceToThoseItConcerns(Db database)
    {
        await using var lab = await QuotaLab.StartAsync(database);
        var (owner, member) = (await lab.App.CreateUserAsync(), await lab.App.CreateUserAsync());
        await lab.App.JoinAsync(member, owner, OrganizationRole.Member);
        var place = await lab.App.PlaceOfAsync(owner);
        await lab.SetAsync("organization", place.OrganizationId, new { executions_per_day = 10, soft_percent = 20 });
        await lab.SetAsync("project", place.ProjectId, new { memory_mb_seconds_per_day = 1, soft_percent = 1 });
        await lab.SetAsync("user", member.Id, new { cpu_seconds_per_day = 1, soft_percent = 50 });

        Assert.Equal(HttpStatusCode.OK, (await QuotaLab.RunAsync(member, "import time; time.sleep(0.3)")).Status);
        var warned = await lab.WarningsAsync(owner);
        Assert.StartsWith("Project Default", Assert.Single(warned), StringComparison.Ordinal);
        await lab.SetAsync("project", place.ProjectId, new { });
        Assert.Equal(HttpStatusCode.OK, (await QuotaLab.RunAsync(member, "import time\nwhile time.process_time() < 1.1: pass")).Status);

        var (status, body) = await QuotaLab.RunAsync(member);
        Assert.Equal((HttpStatusCode.TooManyRequests, "cpu_seconds"), (status, body.Text("quota")));
        Assert.Equal(HttpStatusCode.OK, (await QuotaLab.RunAsync(owner)).Status);
        Assert.Equal(["Your daily quota of cpu seconds: "], (await lab.WarningsAsync(member)).Select(subject => subject[..33]));
        Assert.Equal(2, (await lab.WarningsAsync(owner)).Count);
        Assert.Contains("20 % used", (await lab.WarningsAsync(owner))[^1], StringComparison.Ordinal);
        var seen = (await member.Client.GetAsync("/api/v1/events/user?event_types=quota.soft_limit_reached", HttpStatusCode.OK)).Body.GetProperty("events");
        Assert.Equal("user", Assert.Single(seen.EnumerateArray()).GetProperty("payload").Text("subject_type")); // not what the organization uses
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Counts_AfterARestart_GoOn(Db database)
    {
        var directory = Directory.CreateTempSubdirectory("platform-quota-").FullName;
        try
        {
            await using var postgres = database == Db.Postgres ? new PostgresServer() : null;
            if (postgres is not null)
                await postgres.InitializeAsync();
            var connection = postgres is null ? null : await postgres.CreateMigratedDatabaseAsync();
            TestUser user;
            await using (var lab = await QuotaLab.StartAsync(database, dataDirectory: directory, connectionString: connection, settings: ("Quota:User:ExecutionsPerDay", "3")))
            {
                user = await lab.App.CreateUserAsync();
                await lab.SetAsync("user", user.Id, new { executions_per_day = 2 });
                await QuotaLab.RunAsync(user);
            }

            await using var again = await QuotaLab.StartAsync(database, new TimeSpan(10, 5, 0), dataDirectory: directory, connectionString: connection, settings: ("Quota:User:ExecutionsPerDay", "3"));
            using var client = again.App.Client(headers => headers.Add("Authorization", $"Bearer {user.Token}"));
            var same = user with { Client = client };
            Assert.Equal([HttpStatusCode.OK, HttpStatusCode.TooManyRequests], [(await QuotaLab.RunAsync(same)).Status, (await QuotaLab.RunAsync(same)).Status]);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Administration_ForOthersAndBadInput_IsRefused()
    {
        await using var lab = await QuotaLab.StartAsync(Db.Sqlite);
        var user = await lab.App.CreateUserAsync();
        var path = $"/api/v1/admin/quotas/user/{user.Id}";

        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Put, HttpMethod.Delete])
        {
            var body = method == HttpMethod.Put ? new { } : null;
            await user.Client.CallAsync(method, path, body, HttpStatusCode.Forbidden);
            await lab.Operator.Client.CallAsync(method, $"/api/v1/admin/quotas/user/{Guid.CreateVersion7()}", body, HttpStatusCode.NotFound);
            await lab.Operator.Client.CallAsync(method, $"/api/v1/admin/quotas/organization/{user.Id}", body, HttpStatusCode.NotFound);
            await lab.Operator.Client.CallAsync(method, $"/api/v1/admin/quotas/team/{user.Id}", body, HttpStatusCode.UnprocessableEntity);
        }

        foreach (var bad in (object[])[new { executions_per_day = -2 }, new { cpu_seconds_per_day = "x" }, new { soft_percent = 0 }, new { soft_percent = 101 }, new { note = new string('x', 501) }])
            await lab.Operator.Client.CallAsync(HttpMethod.Put, path, bad, HttpStatusCode.UnprocessableEntity);
        await Assert.ThrowsAnyAsync<Exception>(() => PlatformApp.StartAsync(settings: ("Quota:User:ExecutionsPerDay", "-1")));
    }
}
