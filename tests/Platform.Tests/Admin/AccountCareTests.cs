using System.Net;
using Microsoft.EntityFrameworkCore;

using Platform.Audit;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Admin;

/// <summary>What operators do for and with single accounts (executions.md §9.5).</summary>
public sealed class AccountCareTests
{
    private const string Users = "/api/v1/admin/users";

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Unlock_AndResetPassword_LetTheUserInAgain(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var op = await app.OperatorAsync();
        var user = await app.CreateUserAsync();
        for (var i = 0; i < 5; i++)
            await app.SignInAsync(user.Username, "Wrong-passw0rd");
        Assert.Equal(HttpStatusCode.Locked, await app.SignInAsync(user.Username, PlatformApp.Password));

        await user.Client.CallAsync(HttpMethod.Post, $"{Users}/{user.Id}/unlock", null, HttpStatusCode.Forbidden);
        var (_, unlocked) = await op.Client.CallAsync(HttpMethod.Post, $"{Users}/{user.Id}/unlock", null, HttpStatusCode.OK);
        Assert.Equal((user.Id, true), (unlocked.GetProperty("user_id").GetGuid(), unlocked.GetProperty("was_locked").GetBoolean()));
        Assert.Equal(HttpStatusCode.OK, await app.SignInAsync(user.Username, PlatformApp.Password));
        Assert.False((await op.Client.CallAsync(HttpMethod.Post, $"{Users}/{user.Id}/unlock", null, HttpStatusCode.OK)).Body.GetProperty("was_locked").GetBoolean());

        await op.Client.CallAsync(HttpMethod.Post, $"{Users}/{user.Id}/reset-password", new { password = "weak" }, HttpStatusCode.UnprocessableEntity);
        await op.Client.CallAsync(HttpMethod.Post, $"{Users}/{user.Id}/reset-password", new { }, HttpStatusCode.UnprocessableEntity);
        await op.Client.CallAsync(HttpMethod.Post, $"{Users}/{user.Id}/reset-password", new { password = "Another-pass1" }, HttpStatusCode.OK);
        await user.Client.GetAsync("/api/v1/auth/me", HttpStatusCode.Unauthorized);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (await app.SignInAsync(user.Username, PlatformApp.Password), await app.SignInAsync(user.Username, "Another-pass1")));
        foreach (var action in (string[])["unlock", "reset-password"])
            await op.Client.CallAsync(HttpMethod.Post, $"{Users}/{Guid.CreateVersion7()}/{action}", new { password = "Another-pass1" }, HttpStatusCode.NotFound);
        Assert.Equal(["password.reset", "user.unlock", "user.unlock"], await app.WithDatabaseAsync(db => db.AuditEntries
            .Where(entry => entry.ResourceId == user.Id.ToString() && entry.Outcome == AuditOutcome.Success && (entry.Action == "user.unlock" || entry.Action == "password.reset"))
            .Select(entry => entry.Action).OrderBy(action => action).ToListAsync()));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Delete_User_ReportsWhatWentWithHim(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var op = await app.OperatorAsync();
        var (user, other) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        foreach (var client in new[] { user, user, other }.Select(owner => new ExecutionClient(owner)))
            await client.RunAsync("print(1)");
        await user.Client.CallAsync(HttpMethod.Post, "/api/v1/scripts", new { name = "mine", script = "print(1)" }, HttpStatusCode.OK);

        await op.Client.CallAsync(HttpMethod.Delete, $"{Users}/{op.Id}", null, HttpStatusCode.UnprocessableEntity);
        await other.Client.CallAsync(HttpMethod.Delete, $"{Users}/{user.Id}", null, HttpStatusCode.Forbidden);
        var (_, deleted) = await op.Client.CallAsync(HttpMethod.Delete, $"{Users}/{user.Id}", null, HttpStatusCode.OK);

        var rows = deleted.GetProperty("deleted_rows");
        Assert.Equal((2, 1, 1, 1), (rows.GetProperty("executions").GetInt32(), rows.GetProperty("saved_scripts").GetInt32(), rows.GetProperty("memberships").GetInt32(), rows.GetProperty("sessions").GetInt32()));
        Assert.Equal([user.Username], deleted.GetProperty("deleted_organizations").EnumerateArray().Select(name => name.GetString()));
        Assert.False(rows.TryGetProperty("usage_days", out _)); // stays
        Assert.Equal(2, await app.WithDatabaseAsync(db => db.UsageDays.Where(row => row.UserId == user.Id).SumAsync(row => row.Executions)));
        await user.Client.GetAsync("/api/v1/auth/me", HttpStatusCode.Unauthorized);
        await op.Client.CallAsync(HttpMethod.Delete, $"{Users}/{user.Id}", null, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task RateLimits_OfAUser_AreReplacedAndReset(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database, settings: [("RateLimit:Limits:api", "2"), ("RateLimit:Limits:execution", "3")]);
        var op = await app.OperatorAsync();
        var user = await app.CreateUserAsync(rateMultiplier: 1);
        var path = $"{Users}/{user.Id}/rate-limits";

        var (_, rules) = await op.Client.GetAsync("/api/v1/admin/rate-limits", HttpStatusCode.OK);
        Assert.Equal((true, "sliding_window"), (rules.GetProperty("enabled").GetBoolean(), rules.Text("algorithm")));
        Assert.Equal((3, 60, false), Rule(rules.GetProperty("rules"), "execution"));
        Assert.True(Rule(rules.GetProperty("rules"), "auth").ProtectsAccounts);
        Assert.False((await op.Client.GetAsync(path, HttpStatusCode.OK)).Body.GetProperty("has_custom_limits").GetBoolean());

        var (_, set) = await op.Client.CallAsync(HttpMethod.Put, path, new { global_multiplier = 2, rules = new { api = 5 }, notes = "a pilot", max_messages_per_day = 7 }, HttpStatusCode.OK);
        Assert.Equal((5, 6, true, "a pilot"), (Rule(set.GetProperty("effective"), "api").Requests, Rule(set.GetProperty("effective"), "execution").Requests, set.GetProperty("has_custom_limits").GetBoolean(), set.Text("notes")));
        Assert.Equal([200, 200, 200, 200, 200, 429], await CallsAsync(6)); // his own rule, not 2 × 2
        await op.Client.CallAsync(HttpMethod.Put, path, new { bypass_rate_limit = true }, HttpStatusCode.OK);
        Assert.DoesNotContain(429, await CallsAsync(8));
        var (_, free) = await op.Client.GetAsync(path, HttpStatusCode.OK);
        Assert.Equal((0, null), (free.GetProperty("rules").EnumerateObject().Count(), Rule(free.GetProperty("effective"), "api").Requests)); // replaced, not merged

        var (_, reset) = await op.Client.CallAsync(HttpMethod.Delete, path, null, HttpStatusCode.OK);
        Assert.Equal((false, 2), (reset.GetProperty("has_custom_limits").GetBoolean(), Rule(reset.GetProperty("effective"), "api").Requests));
        Assert.Contains(429, await CallsAsync(3));
        foreach (var bad in (object[])[new { rules = new { nonsense = 5 } }, new { rules = new { auth = 5 } }, new { rules = new { api = 0 } }, new { rules = new { api = "x" } }, new { global_multiplier = 0 }])
            await op.Client.CallAsync(HttpMethod.Put, path, bad, HttpStatusCode.UnprocessableEntity);
        await op.Client.GetAsync($"{Users}/{Guid.CreateVersion7()}/rate-limits", HttpStatusCode.NotFound);
        await user.Client.GetAsync(path, HttpStatusCode.Forbidden);
        Assert.Equal(["user_limits.reset", "user_limits.set", "user_limits.set"], await app.WithDatabaseAsync(db => db.AuditEntries
            .Where(entry => entry.ResourceId == user.Id.ToString() && entry.ResourceType == "user" && entry.Action.StartsWith("user_limits.") && entry.Outcome == AuditOutcome.Success)
            .Select(entry => entry.Action).OrderBy(action => action).ToListAsync()));

        async Task<List<int>> CallsAsync(int count)
        {
            List<int> answers = [];
            for (var i = 0; i < count; i++)
                answers.Add((int)(await user.Client.CallAsync(HttpMethod.Get, "/api/v1/notifications")).Status);
            return answers;
        }
    }

    private static (int? Requests, double Window, bool ProtectsAccounts) Rule(System.Text.Json.JsonElement rules, string group)
    {
        var rule = rules.EnumerateArray().Single(found => found.Text("group") == group);
        return (rule.GetProperty("requests").ValueKind == System.Text.Json.JsonValueKind.Null ? null : rule.GetProperty("requests").GetInt32(), rule.GetProperty("window_seconds").GetDouble(), rule.GetProperty("protects_accounts").GetBoolean());
    }
}
