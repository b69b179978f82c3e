using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Admin;

/// <summary>The platform's settings document through HTTP.</summary>
public sealed class SystemSettingsTests
{
    private const string Settings = "/api/v1/admin/settings";
    private const string MasterKey = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Replace_ActsAtOnce_AndLeavesAnEntry(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var op = await app.OperatorAsync();
        var (_, before) = await op.Client.GetAsync($"{Settings}/", HttpStatusCode.OK);
        Assert.Equal((300, 8, "INFO"), (Number(before, "execution_limits", "max_timeout_seconds"), Number(before, "security_settings", "password_min_length"), before.GetProperty("monitoring_settings").Text("log_level")));

        var (_, after) = await op.Client.CallAsync(HttpMethod.Put, $"{Settings}/", new { execution_limits = new { max_timeout_seconds = 60 }, security_settings = new { password_min_length = 12, max_login_attempts = 3 } }, HttpStatusCode.OK);
        Assert.Equal((60, 512, 12, 3, 60), (Number(after, "execution_limits", "max_timeout_seconds"), Number(after, "execution_limits", "max_memory_mb"), Number(after, "security_settings", "password_min_length"),
            Number(after, "security_settings", "max_login_attempts"), Number(after, "security_settings", "session_timeout_minutes")));
        await app.Anonymous.CallAsync(HttpMethod.Post, "/api/v1/auth/register", new { username = "short-one", email = "short@example.com", password = "Passw0rd-1" }, HttpStatusCode.UnprocessableEntity);

        // What is left out goes back to its default.
        var (_, replaced) = await op.Client.CallAsync(HttpMethod.Put, Settings, new { monitoring_settings = new { log_level = "ERROR", sampling_rate = 1.0 } }, HttpStatusCode.OK);
        Assert.Equal((300, 8), (Number(replaced, "execution_limits", "max_timeout_seconds"), Number(replaced, "security_settings", "password_min_length")));
        var (_, reset) = await op.Client.CallAsync(HttpMethod.Post, $"{Settings}/reset", null, HttpStatusCode.OK);
        Assert.Equal(before.GetRawText(), reset.GetRawText());

        var entries = await app.WithDatabaseAsync(db => db.AuditEntries.Where(entry => entry.Action.StartsWith("system_settings.")).OrderBy(entry => entry.Id).ToListAsync());
        Assert.Equal(["system_settings.update", "system_settings.update", "system_settings.reset"], entries.Select(entry => entry.Action));
        Assert.Equal(
            ["execution_limits.max_timeout_seconds", "security_settings.max_login_attempts", "security_settings.password_min_length"],
            entries[0].ReadChanges().Select(change => change.Field).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""{"execution_limits":{"max_timeout_seconds":0}}""")]
    [InlineData("""{"execution_limits":{"max_cpu_cores":9}}""")]
    [InlineData("""{"security_settings":{"lockout_duration_minutes":4}}""")]
    [InlineData("""{"monitoring_settings":{"log_level":"LOUD"}}""")]
    [InlineData("""{"monitoring_settings":{"sampling_rate":1.1}}""")]
    [InlineData("""{"monitoring_settings":{"enable_tracing":"yes"}}""")]
    public async Task Replace_OutOfBounds_Is422(string body)
    {
        await using var app = await PlatformApp.StartAsync();
        var op = await app.OperatorAsync();
        var (_, refused) = await op.Client.CallAsync(HttpMethod.Put, Settings, JsonSerializer.Deserialize<JsonElement>(body), HttpStatusCode.UnprocessableEntity);
        Assert.Equal(3, refused.GetProperty("detail")[0].GetProperty("loc").GetArrayLength());
        Assert.Equal(0, await app.WithDatabaseAsync(db => db.SystemSettings.CountAsync()));
    }

    [Fact]
    public async Task Routes_ByStanding_AreForOperatorsOnly()
    {
        await using var app = await PlatformApp.StartAsync();
        var user = await app.CreateUserAsync();
        foreach (var (method, path) in ((HttpMethod, string)[])[(HttpMethod.Get, Settings), (HttpMethod.Put, Settings), (HttpMethod.Post, $"{Settings}/reset")])
        {
            await user.Client.CallAsync(method, path, new { }, HttpStatusCode.Forbidden);
            await app.Anonymous.CallAsync(method, path, new { }, HttpStatusCode.Unauthorized);
        }
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task ManyReplacements_AtOnce_LoseNone(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var op = await app.OperatorAsync();
        var answers = await Task.WhenAll(Enumerable.Range(3, 8).Select(attempts => op.Client.CallAsync(HttpMethod.Put, Settings, new { security_settings = new { max_login_attempts = attempts } })));

        Assert.All(answers, answer => Assert.Contains(answer.Status, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.Conflict]));
        var stored = await app.WithDatabaseAsync(db => db.SystemSettings.SingleAsync());
        Assert.Equal(answers.Count(answer => answer.Status == HttpStatusCode.OK), (int)stored.Version);
    }

    [Fact]
    public async Task Change_OnOneNode_ActsOnTheOther()
    {
        await using var first = await PlatformApp.StartAsync(Db.Postgres, settings: ("Secrets:MasterKey", MasterKey));
        await using var second = await PlatformApp.StartAsync(Db.Postgres, connectionString: first.Services.GetRequiredService<DatabaseSettings>().ConnectionString, settings: ("Secrets:MasterKey", MasterKey));
        var op = await first.OperatorAsync();
        await second.CreateUserAsync();   // the other node knows the settings

        await op.Client.CallAsync(HttpMethod.Put, Settings, new { security_settings = new { password_min_length = 32 } }, HttpStatusCode.OK);

        var number = 0;
        await Until.TrueAsync(
            async () => (await second.Anonymous.CallAsync(HttpMethod.Post, "/api/v1/auth/register", new { username = $"late-{number++}", email = $"late{number}@example.com", password = "Passw0rd-1" })).Status == HttpStatusCode.UnprocessableEntity,
            "the other node follows");
    }

    private static int Number(JsonElement settings, string group, string field) => settings.GetProperty(group).GetProperty(field).GetInt32();
}
